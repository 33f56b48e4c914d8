import type { Refusal, Refused } from "./thread/operation.ts";

/** The file cannot be used as it is configured; asking again does not help. */
export class SqliteRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SqliteRefused";
  }
}

/** What to do about a file, by what is the matter with it. */
export type Remedies = Readonly<Record<Refusal, string>>;

/** For the store of budgets and keys. */
export const storeRemedies: Remedies = {
  "in-use":
    "is in use by another gateway. Give each its own AXONFLOW_DATA_DIR; several gateways share budgets and keys through PostgreSQL (AXONFLOW_DATABASE_URL).",
  later:
    "was written by a later version of the gateway. Start that version, or give this one another AXONFLOW_DATA_DIR.",
  damaged:
    "is damaged, or no file of a gateway. Put a backup in its place; or move it away with the files beside it that begin with its name, and what was spent and the keys that admins made are forgotten.",
  "no-access":
    "cannot be opened and written. Let the user of the gateway write in its directory, or choose another AXONFLOW_DATA_DIR.",
  "no-room": "cannot be written: the disk is full. Make room, and start again.",
  other: "cannot be used. Look into its directory, or choose another AXONFLOW_DATA_DIR.",
};

/** Says what is the matter with a file, what to do about it, and how SQLite puts it. */
export function fileRefused(
  path: string,
  { refusal, reason }: Refused,
  remedies: Remedies = storeRemedies,
): SqliteRefused {
  return new SqliteRefused(`${path} ${remedies[refusal]} (${reason})`);
}
