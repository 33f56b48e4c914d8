import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "../../../server/core/clock.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import type { KeyStoreStage } from "../../conformance/key-store/words.ts";
import { keyStoreSuite } from "../../conformance/key-store-suite.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { until } from "./ledger-words.ts";
import { holdFile, watchThreads } from "./sqlite-threads.ts";

keyStoreSuite("SQLite", openStage);

async function openStage(): Promise<KeyStoreStage> {
  const directory = mkdtempSync(join(tmpdir(), "axonflow-sqlite-"));
  const threads = watchThreads();
  let aheadMs = 0;
  const clock: Clock = { ...systemClock, epochMs: () => Date.now() + aheadMs };
  const open = () =>
    openSqliteStorage({ directory, clock, log: createRecordingLog(), waitMs: 1000 });
  let storage = await open();
  let giveBack = () => {};
  return {
    get keys() {
      return storage.keys;
    },
    epochMs: clock.epochMs,
    advance(byMs) {
      aheadMs += byMs;
    },
    async reopen() {
      await storage.close();
      storage = await open();
    },
    async breakOff() {
      await threads.end();
      giveBack = holdFile(join(directory, "axonflow.db"));
    },
    async mend() {
      giveBack();
      await until("the file is open again", () =>
        storage.keys.list().then(
          () => true,
          () => false,
        ),
      );
    },
    async close() {
      threads.close();
      await storage.close();
      rmSync(directory, { recursive: true });
    },
  };
}
