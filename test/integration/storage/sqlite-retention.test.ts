import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { LedgerAccount } from "../../../server/core/ledger.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { begin, callOf, costs, recordOf, stateOf, until } from "./ledger-words.ts";
import { readSqliteFile } from "./sqlite-file.ts";

const dayMs = 24 * 60 * 60 * 1000;

describe("what a store keeps, and for how long", () => {
  async function stage(t: TestContext) {
    const directory = dataDirectory();
    const clock = createManualClock();
    const log = createRecordingLog();
    const open = () => openSqliteStorage({ directory, clock, log, usageRetentionDays: 30 });
    let storage = await open();
    t.after(() => storage.close());
    return {
      clock,
      get ledger() {
        return storage.ledger;
      },
      async settle(accounts: readonly LedgerAccount[], cost: bigint) {
        const request = callOf(accounts, cost);
        const hold = await begin(storage.ledger, request);
        hold.settle({ ...recordOf(request.id, cost), epochMs: clock.epochMs() });
      },
      async reopen() {
        await storage.close();
        const file = readSqliteFile(directory);
        storage = await open();
        return file;
      },
    };
  }

  it("forgets records that are too old, and not one that is younger", async (t) => {
    const { clock, ledger, settle } = await stage(t);
    const epochMs = clock.epochMs();
    const old = 12_000;
    for (let made = 0; made < old; made++) await settle([], 1n);
    await costs(ledger);
    clock.advance(10 * dayMs);
    await settle([], 5n);
    assert.deepEqual(await costs(ledger), new Map([["call", BigInt(old) + 5n]]));
    clock.advance(21 * dayMs);
    // It is taken out step by step. Time goes in steps too: nobody may wait for the thread longer than two seconds of it.
    await until("the old ones are gone", async () => {
      clock.advance(1900);
      return (await costs(ledger)).get("call") === 5n;
    });
    assert(clock.epochMs() < epochMs + 32 * dayMs);
  });

  it("forgets a rolling account that has nothing left, and counts it anew when it is used again", async (t) => {
    const window = { kind: "rolling", lengthMs: 3_600_000 } as const;
    const account = { name: "rolling", window, limitNanoUsd: 100n, enforced: true };
    const store = await stage(t);
    await store.settle([account], 7n);
    assert.equal((await stateOf(store.ledger, "rolling")).spentNanoUsd, 7n);
    store.clock.advance(2 * 3_600_000);
    assert.deepEqual(await store.ledger.accounts(), []);
    assert.deepEqual((await store.reopen()).accounts, []);
    await store.settle([account], 9n);
    store.clock.advance(2 * 3_600_000);
    assert.deepEqual(await store.ledger.accounts(), []);
    await store.settle([account], 11n);
    await store.reopen();
    assert.equal((await stateOf(store.ledger, "rolling")).spentNanoUsd, 11n);
  });
});
