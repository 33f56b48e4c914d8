import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import { openPostgresAuditStore } from "../../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { auditStoreSuite } from "../../conformance/audit-store-suite.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";

let server: PostgresServer;
before(async () => {
  server = await startPostgresServer();
});
after(() => server?.close());

auditStoreSuite("PostgreSQL", async () => {
  const url = await server.createDatabase();
  return () => openPostgresAuditStore({ url, clock: systemClock });
});

it("the audit log in PostgreSQL lets one gateway at a time do what has to be done alone", async (t) => {
  const url = await server.createDatabase();
  const stores = await Promise.all(
    [1, 2].map(() => openPostgresAuditStore({ url, clock: systemClock })),
  );
  t.after(() => Promise.all(stores.map((store) => store.close())));
  const [one, other] = stores;
  assert.ok(one && other);
  const given = await one.exclusively(async () => [await other.exclusively(async () => "other")]);
  assert.deepEqual(given, [undefined]);
  assert.equal(await other.exclusively(async () => "free again"), "free again");
});
