import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { type LedgerStage, ledgerSuite } from "../../conformance/ledger-suite.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";

ledgerSuite("SQLite", openStage);

async function openStage(): Promise<LedgerStage> {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-sqlite-"));
  const clock = createManualClock();
  let life = 0;
  const openStorage = () =>
    openSqliteStorage({ directory: join(folder, String(life)), clock, log: createRecordingLog() });
  let storage = await openStorage();
  return {
    get ledger() {
      return storage.ledger;
    },
    epochMs: clock.epochMs,
    /** What is on the disk at this moment is what a killed process leaves. */
    async crash() {
      cpSync(join(folder, String(life)), join(folder, String(life + 1)), { recursive: true });
      life += 1;
      const dead = storage;
      storage = await openStorage();
      await dead.close();
    },
    async reopen() {
      await storage.close();
      storage = await openStorage();
    },
    async untilExpired(epochMs) {
      clock.advance(epochMs - clock.epochMs());
    },
    async close() {
      await storage.close();
      rmSync(folder, { recursive: true });
    },
  };
}
