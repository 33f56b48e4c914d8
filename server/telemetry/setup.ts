import { DiagLogLevel, diag, metrics, trace } from "@opentelemetry/api";
import type { Log } from "../core/log.ts";
import { createInstruments } from "./instruments.ts";
import { genAiNames } from "./semconv.ts";
import { noTelemetry, type Telemetry } from "./telemetry.ts";
import { type Wishes, wishesOf } from "./wishes.ts";

/** Telemetry that runs, and the way to end it. */
export interface RunningTelemetry extends Telemetry {
  /** Sends what is still held, for at most three seconds. */
  shutdown(): Promise<void>;
}

/** A collector that is down may hold a shutdown for eight seconds; this is how long it gets. */
const shutdownLimitMs = 3000;

const scope = "axonflow-gateway";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Starts the OpenTelemetry SDK by its standard variables. Without any of them nothing is loaded, exported or complained
 * about. What the SDK has to say goes to the log.
 */
export async function startTelemetry(env: Env, log: Log): Promise<RunningTelemetry> {
  const wishes = wishesOf(env);
  if (!wishes.traces && !wishes.metrics) return { ...noTelemetry, async shutdown() {} };
  diag.setLogger(diagnosticsTo(log), {
    logLevel: DiagLogLevel.WARN,
    suppressOverrideMessage: true,
  });
  const sdk = await startSdk(wishes, env);
  const names = genAiNames(env.OTEL_SEMCONV_STABILITY_OPT_IN);
  const meter = wishes.metrics ? metrics.getMeter(scope) : undefined;
  return {
    names,
    tracer: wishes.traces ? trace.getTracer(scope) : undefined,
    meter,
    instruments: meter && createInstruments(meter, names),
    async shutdown() {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, shutdownLimitMs));
      await Promise.race([sdk.shutdown().catch(() => {}), limit]);
    },
  };
}

async function startSdk({ traces, metrics, configFile }: Wishes, env: Env) {
  const [{ NodeSDK, startNodeSdk }, { createTraceExporter }] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("./otlp/trace-exporter.ts"),
  ]);
  if (configFile) return startNodeSdk({});
  const sdk = new NodeSDK({
    ...(namesItself(env) ? {} : { serviceName: scope }),
    ...(traces && isOtlpByProtobuf(env) && { traceExporter: createTraceExporter() }),
    // What is not wished for would go to a collector on localhost.
    ...(!traces && { spanProcessors: [] }),
    ...(!metrics && { metricReaders: [] }),
    // The gateway's log is its standard output.
    logRecordProcessors: [],
  });
  sdk.start();
  return sdk;
}

/** Whether spans go out by what OpenTelemetry takes when nobody says otherwise. */
function isOtlpByProtobuf(env: Env): boolean {
  const protocol =
    env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL?.trim() || env.OTEL_EXPORTER_OTLP_PROTOCOL?.trim();
  const exporter = env.OTEL_TRACES_EXPORTER?.trim() || "otlp";
  return exporter === "otlp" && (protocol || "http/protobuf") === "http/protobuf";
}

function namesItself(env: Env): boolean {
  const inResource = /(?:^|,)\s*service\.name=/.test(env.OTEL_RESOURCE_ATTRIBUTES ?? "");
  return inResource || Boolean(env.OTEL_SERVICE_NAME);
}

/** A collector that is down is worth a warning, however often the SDK says so; it is no fault of the gateway's. */
function diagnosticsTo(log: Log) {
  const warn = (message: string) => log.warn({ about: "telemetry" }, firstLine(message));
  const ignore = () => {};
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}

/** The SDK writes errors as JSON with their stack traces. */
function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").slice(0, 500);
}
