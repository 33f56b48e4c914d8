import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { auditStoreSuite } from "../../conformance/audit-store-suite.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";

auditStoreSuite("SQLite", async () => {
  const directory = dataDirectory();
  return () => openSqliteAuditStore({ directory, clock: systemClock });
});
