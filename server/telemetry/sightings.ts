import { trace as otel } from "@opentelemetry/api";
import type { OnSighting } from "../core/sighting.ts";
import { ownAttributes, sightingAttribute } from "./semconv.ts";
import type { Telemetry } from "./telemetry.ts";

/** Counts what policies for personal data find: in a metric, and by entity and direction on the span of the call. */
export function countSightings({ instruments }: Pick<Telemetry, "instruments">): OnSighting {
  return ({ context }, { entity, direction, action, count }) => {
    instruments?.redactions.add(1, {
      [ownAttributes.entity]: entity,
      [ownAttributes.direction]: direction,
      [ownAttributes.action]: action,
    });
    otel.getSpan(context)?.setAttribute(sightingAttribute(direction, entity), count);
  };
}
