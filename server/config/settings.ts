/** The gateway's configuration, checked and complete. */
export interface Settings {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly logLevel: string;
  /** Named keys as they were configured; `licenseKeysFile` adds its lines to them. */
  readonly licenseKeys: string | undefined;
  readonly licenseKeysFile: string | undefined;
  readonly corsOrigins: readonly string[];
  readonly maxMessageBytes: number;
  readonly callTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** Undefined: not said, which means on as soon as a region or a model is configured. */
  readonly bedrockEnabled: boolean | undefined;
  readonly bedrockRegion: string | undefined;
  /** Undefined: not said, which means the guide's model. */
  readonly bedrockModel: string | undefined;
  readonly bedrockEndpointUrl: string | undefined;
}

/** One setting: its environment variable, its name in YAML, and how its text is read. */
export interface Setting<T> {
  readonly env: string;
  readonly yaml: string;
  readonly summary: string;
  /** Shown in the help and used when nothing is configured. */
  readonly fallback?: string;
  /** Turns text into the value; throws an Error that says what is expected. */
  readonly read: (text: string) => T;
}

/** Every setting there is. The help of `axonflow serve` is made from this table. */
export const settingsTable: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  host: {
    env: "AXONFLOW_HOST",
    yaml: "Host",
    summary: "Address to listen on.",
    fallback: "0.0.0.0",
    read: text,
  },
  httpPort: {
    env: "AXONFLOW_HTTP_PORT",
    yaml: "HttpPort",
    summary: "Port for REST, Connect, gRPC-Web and gRPC. 0 takes any free one.",
    fallback: "8082",
    read: wholeNumber(0, 65_535),
  },
  grpcPort: {
    env: "AXONFLOW_GRPC_PORT",
    yaml: "GrpcPort",
    summary: "Port for gRPC, health and reflection. 0 takes any free one.",
    fallback: "50051",
    read: wholeNumber(0, 65_535),
  },
  logLevel: {
    env: "LOG_LEVEL",
    yaml: "LogLevel",
    summary: "trace, debug, info, warn, error, fatal or silent.",
    fallback: "info",
    read: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
  },
  licenseKeys: {
    env: "AXONFLOW_LICENSE_KEYS",
    yaml: "LicenseKeys",
    summary: "Licence keys, separated by commas: `name=key` or `name=sha256:<64 hex digits>`.",
    read: optionalText,
  },
  licenseKeysFile: {
    env: "AXONFLOW_LICENSE_KEYS_FILE",
    yaml: "LicenseKeysFile",
    summary: "A file of licence keys, one a line in the same form; # begins a comment.",
    read: optionalText,
  },
  corsOrigins: {
    env: "AXONFLOW_CORS_ORIGINS",
    yaml: "CorsOrigins",
    summary: "Origins whose web pages may call, separated by commas; * means all.",
    fallback: "",
    read: (list) => list.split(",").flatMap((origin) => origin.trim() || []),
  },
  maxMessageBytes: {
    env: "AXONFLOW_MAX_MESSAGE_BYTES",
    yaml: "MaxMessageBytes",
    summary: "The largest request that is read, in bytes.",
    fallback: String(4 * 1024 * 1024),
    read: wholeNumber(1024, 64 * 1024 * 1024),
  },
  callTimeoutMs: {
    env: "AXONFLOW_CALL_TIMEOUT_MS",
    yaml: "CallTimeoutMs",
    summary: "The longest that a call may take, and what callers without a deadline get, in ms.",
    fallback: "600000",
    read: wholeNumber(1, 3_600_000),
  },
  attemptTimeoutMs: {
    env: "AXONFLOW_ATTEMPT_TIMEOUT_MS",
    yaml: "AttemptTimeoutMs",
    summary: "How long a provider may take to begin to answer (a unary answer: to finish), in ms.",
    fallback: "300000",
    read: wholeNumber(1, 3_600_000),
  },
  idleTimeoutMs: {
    env: "AXONFLOW_IDLE_TIMEOUT_MS",
    yaml: "IdleTimeoutMs",
    summary: "How long a provider may be silent in the middle of a stream, in ms.",
    fallback: "60000",
    read: wholeNumber(1, 3_600_000),
  },
  drainTimeoutMs: {
    env: "AXONFLOW_DRAIN_TIMEOUT_MS",
    yaml: "DrainTimeoutMs",
    summary: "How long running calls may go on after SIGTERM, in ms.",
    fallback: "25000",
    read: wholeNumber(0, 3_600_000),
  },
  bedrockEnabled: {
    env: "LLM_BEDROCK_ENABLED",
    yaml: "BedrockEnabled",
    summary: "true or false. Not set: true when a region or a model is configured.",
    read: flag,
  },
  bedrockRegion: {
    env: "LLM_BEDROCK_REGION",
    yaml: "BedrockRegion",
    summary: "Bedrock's region. Not set: what the AWS SDK finds (AWS_REGION, the AWS profile).",
    read: optionalText,
  },
  bedrockModel: {
    env: "LLM_BEDROCK_MODEL",
    yaml: "BedrockModel",
    summary:
      "What a request without a model means. Not set: Claude 3.5 Sonnet, as in the setup guide.",
    read: optionalText,
  },
  bedrockEndpointUrl: {
    env: "LLM_BEDROCK_ENDPOINT_URL",
    yaml: "BedrockEndpointURL",
    summary: "A VPC endpoint for Bedrock. Not set: AWS's public endpoint of the region.",
    read: httpUrl,
  },
};

function text(value: string): string {
  return value;
}

function optionalText(value: string): string | undefined {
  return value;
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  };
}

function oneOf(...values: readonly string[]): (value: string) => string {
  return (value) => {
    if (values.includes(value)) return value;
    throw new Error(`must be one of ${values.join(", ")}`);
  };
}

function flag(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new Error("must be true or false");
}

function httpUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return value;
  throw new Error("must be a URL that begins with https:// or http://");
}
