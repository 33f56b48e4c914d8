import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Hold, Ledger } from "../../../server/core/ledger.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { keyRecord } from "../../fakes/key-records.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { fileSizeLimit } from "./file-size-limit.ts";
import { accountOf, begin, callOf, costs, recordOf, stateOf, until } from "./ledger-words.ts";
import { readSqliteFile } from "./sqlite-file.ts";

const limit = fileSizeLimit();
/** Less than a write-ahead file with anything in it, in bytes. */
const onePage = 4096;
const account = accountOf(1_000_000_000n);
const isUnavailable = (error: unknown) =>
  error instanceof GatewayError && error.reason === ErrorReason.LEDGER_UNAVAILABLE;

/** A call that was let in. */
interface Begun {
  readonly id: string;
  readonly hold: Hold;
}

async function beginCall(ledger: Ledger): Promise<Begun> {
  const request = callOf([account], 10n);
  return { id: request.id, hold: await begin(ledger, request) };
}

/** Undefined when it is refused; any other error than the one that is promised fails the test. */
async function tryCall(ledger: Ledger): Promise<Begun | undefined> {
  try {
    return await beginCall(ledger);
  } catch (error) {
    assert(isUnavailable(error), String(error));
    return undefined;
  }
}

describe("a store whose disk is full", {
  skip: !limit && "prlimit of util-linux is needed",
}, () => {
  it("refuses what a budget holds, keeps all that was spent, and goes on when there is room", async (t) => {
    const directory = dataDirectory();
    const log = createRecordingLog();
    const storage = await openSqliteStorage({ directory, clock: systemClock, log });
    t.after(() => storage.close());
    t.after(() => limit?.lift());
    const { ledger, keys } = storage;
    let total = 0n;
    const settle = ({ id, hold }: Begun, cost: bigint) => {
      hold.settle(recordOf(id, cost));
      total += cost;
    };
    for (let made = 0; made < 100; made++) settle(await beginCall(ledger), 3n);
    const held = await keys.list();
    for (let outage = 0; outage < 3; outage++) {
      const underWay = await Promise.all(Array.from({ length: 50 }, () => beginCall(ledger)));
      limit?.set(onePage);
      let refused = false;
      while (!refused) {
        const call = await tryCall(ledger);
        if (call) settle(call, 1n);
        refused = call === undefined;
      }
      // Those under way end now, and what no budget counts goes on.
      for (const call of underWay) settle(call, 7n);
      const free = callOf([], 5n);
      settle({ id: free.id, hold: await begin(ledger, free) }, 5n);
      const refusals = await Promise.all(Array.from({ length: 20 }, () => tryCall(ledger)));
      assert.deepEqual(new Set(refusals), new Set([undefined]));
      await assert.rejects(keys.create(keyRecord("too late")), isUnavailable);
      assert.equal((await stateOf(ledger)).spentNanoUsd, total - BigInt(5 * (outage + 1)));

      const durable = (await costs(ledger)).get("call") ?? 0n;
      assert(durable > 0n && durable < total, "what is on the disk can be read");
      limit?.lift();
      await until("calls are let in again", async () => {
        const call = await tryCall(ledger);
        if (call) settle(call, 2n);
        return call !== undefined;
      });
      assert.deepEqual(await costs(ledger), new Map([["call", total]]));
    }
    assert.deepEqual(await keys.list(), held);
    await storage.close();
    const { usage, spent, holds } = readSqliteFile(directory);
    assert.equal(new Set(usage.map(({ id }) => id)).size, usage.length);
    assert.equal(
      usage.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
      total,
    );
    assert.equal(spent.get(account.name), total - 15n);
    assert.deepEqual(holds, [], "what was refused holds nothing");
    const said = log.lines.map(({ level, message }) => `${level}: ${message}`);
    const once = [
      "error: the store of budgets cannot be written",
      "info: the store of budgets is written again",
    ];
    assert.deepEqual(said, [...once, ...once, ...once]);
  });
});
