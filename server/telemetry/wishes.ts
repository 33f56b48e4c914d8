/** What the operator wants to be exported. */
export interface Wishes {
  readonly traces: boolean;
  readonly metrics: boolean;
  /** Whether a file says where (`OTEL_CONFIG_FILE`). */
  readonly configFile: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the standard variables ask for. OpenTelemetry's own default is a collector on localhost; a gateway for which
 * nobody has set anything has none, so a signal is wished for by naming its exporter or an endpoint.
 */
export function wishesOf(env: Env): Wishes {
  const isOff = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";
  const configFile = !isOff && isSet(env.OTEL_CONFIG_FILE);
  const wants = (exporter: string | undefined, endpoint: string | undefined) => {
    if (isOff) return false;
    if (configFile) return true;
    if (isSet(exporter)) return exporter?.trim() !== "none";
    return isSet(endpoint) || isSet(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  };
  return {
    traces: wants(env.OTEL_TRACES_EXPORTER, env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT),
    metrics: wants(env.OTEL_METRICS_EXPORTER, env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT),
    configFile,
  };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== "";
}
