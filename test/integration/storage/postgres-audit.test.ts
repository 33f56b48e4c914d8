import { after, before } from "node:test";
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
