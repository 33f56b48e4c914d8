import { oneOf, type SettingsTable, text, wholeNumber } from "../setting.ts";

/** Where budgets, usage and licence keys are kept. */
export interface StorageSettings {
  /** The directory of the gateway's own file. */
  readonly dataDirectory: string;
  /** PostgreSQL in its place; undefined: the file. */
  readonly databaseUrl: string | undefined;
  /** What a promise to have written waits for: the disk, or only the operating system. */
  readonly dataSync: "full" | "normal";
  readonly usageRetentionDays: number;
}

/** How each is named and read. */
export const storageSettingsTable: SettingsTable<StorageSettings> = {
  dataDirectory: {
    env: "AXONFLOW_DATA_DIR",
    yaml: "DataDir",
    summary:
      "The directory for budgets, usage and licence keys of this one gateway; made when it is not there.",
    fallback: "data",
    read: text,
  },
  databaseUrl: {
    env: "AXONFLOW_DATABASE_URL",
    yaml: "DatabaseUrl",
    summary:
      "PostgreSQL for budgets, usage and licence keys of many gateways, in place of the directory: postgres://user:password@host/database?sslmode=verify-full. A secret.",
    read: postgresUrl,
  },
  dataSync: {
    env: "AXONFLOW_DATA_SYNC",
    yaml: "DataSync",
    summary:
      "full or normal: whether money that is set aside is on the disk, or only with the operating system, before a provider is asked. Only full survives a power cut.",
    fallback: "full",
    read: oneOf("full", "normal"),
  },
  usageRetentionDays: {
    env: "AXONFLOW_USAGE_RETENTION_DAYS",
    yaml: "UsageRetentionDays",
    summary: "How long the usage of each call is kept, in days.",
    fallback: "400",
    read: wholeNumber(62, 36_500),
  },
};

/** The error does not repeat it, because a password may stand in it. */
function postgresUrl(value: string): string {
  if (/^postgres(?:ql)?:$/.test(URL.parse(value)?.protocol ?? "")) return value;
  throw new Error("must be a URL such as postgres://user:password@host:5432/database");
}
