import type { Meter, Tracer } from "@opentelemetry/api";
import type { Instruments } from "./instruments.ts";
import { type GenAiNames, genAi141 } from "./semconv.ts";

/** What spans and measurements go to. What is absent is not made at all: a call then costs what it costs without. */
export interface Telemetry {
  readonly tracer?: Tracer | undefined;
  readonly instruments?: Instruments | undefined;
  /** For what is looked at and not counted; it comes with the instruments. */
  readonly meter?: Meter | undefined;
  /** The version of the GenAI conventions that is written. */
  readonly names: GenAiNames;
}

/** Nobody wants any. */
export const noTelemetry: Telemetry = { names: genAi141 };
