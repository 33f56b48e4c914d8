import { licenseKeyNames } from "../license-key-entry.ts";
import { list, oneOf, optionalText, type SettingsTable, text, wholeNumber } from "../setting.ts";

/** Who may call, where, and what the process does. */
export interface ListeningSettings {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly logLevel: string;
  /** Named keys as they were configured; `licenseKeysFile` adds its lines to them. */
  readonly licenseKeys: string | undefined;
  readonly licenseKeysFile: string | undefined;
  /** The names of the licence keys that may use AdminService. */
  readonly adminKeys: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly maxMessageBytes: number;
  readonly drainTimeoutMs: number;
  readonly drainDelayMs: number;
}

/** How each is named and read. */
export const listeningSettingsTable: SettingsTable<ListeningSettings> = {
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
    isReloadable: true,
    isSecret: true,
    shown: licenseKeyNames,
    read: optionalText,
  },
  licenseKeysFile: {
    env: "AXONFLOW_LICENSE_KEYS_FILE",
    yaml: "LicenseKeysFile",
    summary:
      "A file of licence keys, one a line in the same form; # begins a comment. What stands in it is taken over by a reload.",
    read: optionalText,
  },
  adminKeys: {
    env: "AXONFLOW_ADMIN_KEYS",
    yaml: "AdminKeys",
    form: "list",
    summary:
      "Names of the licence keys that may see and change the live state, separated by commas.",
    fallback: "",
    read: list,
  },
  corsOrigins: {
    env: "AXONFLOW_CORS_ORIGINS",
    yaml: "CorsOrigins",
    form: "list",
    summary: "Origins whose web pages may call, separated by commas; * means all.",
    fallback: "",
    read: list,
  },
  maxMessageBytes: {
    env: "AXONFLOW_MAX_MESSAGE_BYTES",
    yaml: "MaxMessageBytes",
    summary: "The largest request that is read, in bytes.",
    fallback: String(4 * 1024 * 1024),
    read: wholeNumber(1024, 64 * 1024 * 1024),
  },
  drainTimeoutMs: {
    env: "AXONFLOW_DRAIN_TIMEOUT_MS",
    yaml: "DrainTimeoutMs",
    summary: "How long running calls may go on after SIGTERM, in ms.",
    fallback: "25000",
    read: wholeNumber(0, 3_600_000),
  },
  drainDelayMs: {
    env: "AXONFLOW_DRAIN_DELAY_MS",
    yaml: "DrainDelayMs",
    summary:
      "How long new calls are still served after SIGTERM, while /readyz says 503 and callers are asked to go elsewhere, in ms. Part of DrainTimeoutMs.",
    fallback: "5000",
    read: wholeNumber(0, 600_000),
  },
};
