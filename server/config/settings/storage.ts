import { describedBy, oneOf, type SettingsTable, text, wholeNumber } from "../setting.ts";

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

const postgresUrl = describedBy({ type: "string", pattern: "^postgres(?:ql)?:" }, (value) => {
  if (/^postgres(?:ql)?:/.test(value) && URL.canParse(value)) return value;
  // It is not repeated, because a password may stand in it.
  throw new Error("must be a URL such as postgres://user:password@host:5432/database");
});

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
    isSecret: true,
    shown: withoutPassword,
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

/** Where the database is and who asks it; other parameters may be passwords too (`?password=`). */
function withoutPassword(value: string): string | undefined {
  const url = URL.parse(value);
  if (!url) return undefined;
  const user = url.username === "" ? "" : `${url.username}@`;
  const mode = url.searchParams.get("sslmode");
  const shownMode = mode !== null && /^[a-z-]{1,16}$/.test(mode) ? `?sslmode=${mode}` : "";
  return `${url.protocol}//${user}${url.host}${url.pathname}${shownMode}`;
}
