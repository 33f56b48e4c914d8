import type { ModelOverrides } from "../core/model-override.ts";

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
  /** The control plane, for the live listing of models; undefined: AWS's own, if the runtime's endpoint is too. */
  readonly bedrockControlEndpointUrl: string | undefined;
  readonly bedrockTransport: "lean" | "sdk";
  readonly bedrockGuardrailId: string | undefined;
  readonly bedrockGuardrailVersion: string | undefined;
  readonly bedrockServiceTier: "default" | "priority" | "flex" | "reserved" | undefined;
  readonly bedrockLatencyProfile: "standard" | "optimized" | undefined;
  /** How often the live listing is read; 0 means never. */
  readonly modelRefreshMs: number;
  /** Undefined: OpenAI is off. */
  readonly openaiApiKey: string | undefined;
  readonly openaiBaseUrl: string;
  readonly openaiModel: string;
  readonly openaiOrganization: string | undefined;
  readonly openaiProject: string | undefined;
}

/** All of the configuration: the settings, and what only a file can say. */
export interface Configuration extends Settings {
  readonly modelOverrides: ModelOverrides;
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
  bedrockControlEndpointUrl: {
    env: "LLM_BEDROCK_CONTROL_ENDPOINT_URL",
    yaml: "BedrockControlEndpointURL",
    summary:
      "Bedrock's control plane, which lists models. Not set: AWS's public one, or none beside a VPC endpoint.",
    read: httpUrl,
  },
  bedrockTransport: {
    env: "LLM_BEDROCK_TRANSPORT",
    yaml: "BedrockTransport",
    summary: "lean (kept connections, the gateway's own signer) or sdk (the AWS SDK's client).",
    fallback: "lean",
    read: oneOf("lean", "sdk"),
  },
  bedrockGuardrailId: {
    env: "LLM_BEDROCK_GUARDRAIL_ID",
    yaml: "BedrockGuardrailId",
    summary: "A Bedrock guardrail that checks every call. Requests cannot name another one.",
    read: optionalText,
  },
  bedrockGuardrailVersion: {
    env: "LLM_BEDROCK_GUARDRAIL_VERSION",
    yaml: "BedrockGuardrailVersion",
    summary: "The guardrail's version: a number, or DRAFT.",
    read: optionalText,
  },
  bedrockServiceTier: {
    env: "LLM_BEDROCK_SERVICE_TIER",
    yaml: "BedrockServiceTier",
    summary: "default, priority, flex or reserved, for requests that do not say.",
    read: oneOf("default", "priority", "flex", "reserved"),
  },
  bedrockLatencyProfile: {
    env: "LLM_BEDROCK_LATENCY_PROFILE",
    yaml: "BedrockLatencyProfile",
    summary: "standard or optimized, for requests that do not say.",
    read: oneOf("standard", "optimized"),
  },
  modelRefreshMs: {
    env: "AXONFLOW_MODEL_REFRESH_MS",
    yaml: "ModelRefreshMs",
    summary: "How often the models that AWS lists are read, in ms, from a minute. 0 means never.",
    fallback: "3600000",
    read: (text) => (text === "0" ? 0 : wholeNumber(60_000, 2_147_483_647)(text)),
  },
  openaiApiKey: {
    env: "OPENAI_API_KEY",
    yaml: "OPENAI_API_KEY",
    summary: "OpenAI's API key. Empty means that OpenAI is off.",
    read: headerText,
  },
  openaiBaseUrl: {
    env: "OPENAI_BASE_URL",
    yaml: "OpenAIBaseURL",
    summary: "Where OpenAI's API, or one of the same form, is.",
    fallback: "https://api.openai.com/v1",
    read: httpUrl,
  },
  openaiModel: {
    env: "LLM_OPENAI_MODEL",
    yaml: "OpenAIModel",
    summary: "What a request to OpenAI without a model means.",
    fallback: "gpt-6-sol",
    read: text,
  },
  openaiOrganization: {
    env: "OPENAI_ORG_ID",
    yaml: "OpenAIOrganization",
    summary: "The OpenAI organization that is billed.",
    read: headerText,
  },
  openaiProject: {
    env: "OPENAI_PROJECT_ID",
    yaml: "OpenAIProject",
    summary: "The OpenAI project that is billed.",
    read: headerText,
  },
};

function text(value: string): string {
  return value;
}

function optionalText(value: string): string | undefined {
  return value;
}

/** What travels in a header; the error does not repeat it, because it may be a secret. */
function headerText(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Error("must be of printable ASCII characters without spaces");
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  };
}

function oneOf<const Value extends string>(...values: readonly Value[]): (value: string) => Value {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found) return found;
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
