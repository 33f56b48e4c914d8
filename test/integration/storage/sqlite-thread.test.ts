import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { accountOf, begin, callOf, costs, recordOf, stateOf, until } from "./ledger-words.ts";
import { readSqliteFile } from "./sqlite-file.ts";
import { holdFile, watchThreads } from "./sqlite-threads.ts";

const account = accountOf(1_000_000_000n);
const isUnavailable = (error: unknown) =>
  error instanceof GatewayError && error.reason === ErrorReason.LEDGER_UNAVAILABLE;

describe("a store whose thread is lost", () => {
  async function open(t: TestContext, directory = dataDirectory()) {
    const threads = watchThreads();
    t.after(() => threads.close());
    const log = createRecordingLog();
    const storage = await openSqliteStorage({ directory, clock: systemClock, log });
    t.after(() => storage.close());
    const isBack = () =>
      storage.ledger.reserve(callOf([account], 0n)).then(
        (hold) => {
          if (hold.kind === "hold") hold.release();
          return true;
        },
        () => false,
      );
    return { directory, threads, log, storage, ledger: storage.ledger, isBack };
  }

  it("starts another and goes on; what was settled is counted once", async (t) => {
    const { threads, storage, ledger, isBack, directory } = await open(t);
    const spent = new Map<string, bigint>();
    let refusals = 0;
    let isOver = false;
    const call = async () => {
      const request = callOf([account], 20n);
      const hold = await begin(ledger, request);
      await turn();
      spent.set(request.id, BigInt(1 + (spent.size % 20)));
      hold.settle(recordOf(request.id, spent.get(request.id) ?? 0n));
    };
    const callers = Array.from({ length: 40 }, async () => {
      while (!isOver) {
        await call().catch((error) => {
          assert(isUnavailable(error), String(error));
          refusals += 1;
          return turn();
        });
      }
    });
    for (let losses = 1; losses <= 4; losses++) {
      const before = spent.size;
      await until("calls are made", async () => spent.size > before + 300);
      await threads.end();
      await until(
        "the thread is replaced",
        async () => threads.started > losses && (await isBack()),
      );
    }
    isOver = true;
    await Promise.all(callers);
    const total = [...spent.values()].reduce((sum, cost) => sum + cost, 0n);
    t.diagnostic(`${spent.size} calls, ${refusals} refused`);
    assert.deepEqual(await costs(ledger), new Map([["call", total]]));
    assert.equal((await stateOf(ledger)).spentNanoUsd, total);
    await storage.close();
    const { usage, spent: counted, holds } = readSqliteFile(directory);
    assert.deepEqual(new Map(usage.map(({ id, costNanoUsd }) => [id, costNanoUsd])), spent);
    assert.equal(usage.length, spent.size);
    assert.equal(counted.get(account.name), total);
    // Those whose start was refused are left to the caller to release; nobody did.
    assert(holds.length <= refusals);
    assert.equal(threads.started, 5);
  });

  it("refuses what a budget holds and takes what none does, until it has its file again", async (t) => {
    const { directory, threads, ledger, isBack, log } = await open(t);
    await begin(ledger, callOf([account], 5n));
    await threads.end();
    const giveBack = holdFile(join(directory, "axonflow.db"));
    const free = callOf([], 7n);
    const hold = await begin(ledger, free);
    hold.settle(recordOf(free.id, 7n));
    await assert.rejects(ledger.reserve(callOf([account], 1n)), isUnavailable);
    await until("it is refused the file", async () => threads.started >= 3);
    giveBack();
    await until("it has the file", isBack);
    assert.deepEqual(await costs(ledger), new Map([["call", 7n]]));
    assert.equal((await stateOf(ledger)).reservedNanoUsd, 5n);
    const errors = log.lines.filter(({ level }) => level === "error");
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["the thread of the store of budgets was lost", "the store of budgets cannot be opened"],
    );
  });

  it("starts one at a time, however many are lost before they are ready", async (t) => {
    const { threads, isBack } = await open(t);
    const losses = 5;
    threads.endNext(losses);
    await threads.end();
    await until("one of them lives", isBack);
    assert.equal(threads.started, 1 + losses + 1);
  });

  it("is refused at start when its thread is lost before it is ready, and leaves nothing behind", async (t) => {
    const directory = dataDirectory();
    const threads = watchThreads();
    t.after(() => threads.close());
    threads.endNext(1);
    const log = createRecordingLog();
    await assert.rejects(openSqliteStorage({ directory, clock: systemClock, log }), /thread/);
    const { ledger } = await open(t, directory);
    assert.deepEqual(await ledger.accounts(), []);
    assert.equal(threads.started, 2);
  });

  it("can be closed meanwhile, and lets go of its file", async (t) => {
    const { threads, storage, directory } = await open(t);
    await threads.end();
    await storage.close();
    const next = await open(t, directory);
    assert.deepEqual(await next.ledger.accounts(), []);
  });
});
