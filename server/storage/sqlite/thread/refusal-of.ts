import { WrittenByLater } from "./migrate.ts";
import type { Refusal, Refused } from "./operation.ts";

/** SQLite's primary result codes (sqlite.org/rescode.html) by what can be done about them. */
const refusals: ReadonlyMap<number, Refusal> = new Map([
  [5, "in-use"], // SQLITE_BUSY
  [6, "in-use"], // SQLITE_LOCKED
  [3, "no-access"], // SQLITE_PERM
  [8, "no-access"], // SQLITE_READONLY
  [14, "no-access"], // SQLITE_CANTOPEN
  [13, "no-room"], // SQLITE_FULL
  [11, "damaged"], // SQLITE_CORRUPT
  [26, "damaged"], // SQLITE_NOTADB
]);

/** What to tell when the file could not be opened. */
export function refusalOf(error: unknown): Refused {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof WrittenByLater) return { refusal: "later", reason };
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return { refusal: refusals.get(code & 0xff) ?? "other", reason };
}
