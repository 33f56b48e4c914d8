/** Telemetry that runs, and the way to end it. */
export interface Telemetry {
  /** Sends what is still held, for at most three seconds. */
  shutdown(): Promise<void>;
}

/** Any of these means that somebody wants telemetry; without them nothing is loaded, exported or complained about. */
const wishes = [
  "OTEL_TRACES_EXPORTER",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
  "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
];

/** A collector that is down may hold a shutdown for eight seconds; this is how long it gets. */
const shutdownLimitMs = 3000;

/** Starts the OpenTelemetry SDK by its standard variables, where they are set. */
export async function startTelemetry(env: NodeJS.ProcessEnv): Promise<Telemetry> {
  if (!wishes.some((name) => env[name])) return { shutdown: async () => {} };
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const sdk = new NodeSDK({ serviceName: env.OTEL_SERVICE_NAME ?? "axonflow-gateway" });
  sdk.start();
  return {
    shutdown: async () => {
      const limit = new Promise<void>((resolve) => setTimeout(resolve, shutdownLimitMs));
      await Promise.race([sdk.shutdown().catch(() => {}), limit]);
    },
  };
}
