import type { Database } from "../database.ts";

/** The advisory lock of whoever takes segments out; the number is ours and says nothing. */
const lock = 0x61_75_64_69;

/** Holds the lock for as long as the work takes, and no longer than the connection lives. */
export function exclusively<T>(
  { transaction }: Pick<Database, "transaction">,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return transaction(async (query) => {
    const [row] = await query<{ ours: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS ours", [
      lock,
    ]);
    return row?.ours ? work() : undefined;
  });
}
