import { after, before } from "node:test";
import { keyStoreSuite } from "../../conformance/key-store-suite.ts";
import { ledgerSuite } from "../../conformance/ledger-suite.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";
import { openPostgresStage } from "./postgres-stage.ts";

let server: PostgresServer;
before(async () => {
  server = await startPostgresServer();
});
after(() => server?.close());

ledgerSuite("PostgreSQL", async () => {
  const stage = await openPostgresStage(server);
  return {
    get ledger() {
      return stage.storage.ledger;
    },
    epochMs: stage.epochMs,
    crash: stage.crash,
    reopen: stage.reopen,
    untilExpired: stage.untilExpired,
    close: stage.close,
  };
});

keyStoreSuite("PostgreSQL", async () => {
  const stage = await openPostgresStage(server);
  return {
    get keys() {
      return stage.storage.keys;
    },
    epochMs: stage.epochMs,
    advance: stage.advance,
    reopen: stage.reopen,
    async breakOff() {
      stage.cut();
    },
    async mend() {
      stage.mend();
    },
    close: stage.close,
  };
});
