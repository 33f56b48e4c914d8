import { randomBytes } from "node:crypto";
import type { Query } from "../database.ts";

/** The secret that all gateways over this database share; the first one that comes makes it. */
export async function sharedSecret(query: Query): Promise<Buffer> {
  await query("INSERT INTO axonflow.shared_secret VALUES (true, $1) ON CONFLICT DO NOTHING", [
    randomBytes(32),
  ]);
  const [row] = await query<{ bytes: Buffer }>("SELECT bytes FROM axonflow.shared_secret");
  if (!row) throw new Error("the secret that gateways share is not there");
  return row.bytes;
}
