import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it, type TestContext } from "node:test";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Ledger, UsageQuery } from "../../../server/core/ledger.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { accountOf, begin, callOf, recordOf } from "./ledger-words.ts";
import { watchThreads } from "./sqlite-threads.ts";

/** So many that adding them up takes a good part of a second. */
const records = 300_000;
const all: UsageQuery = { fromEpochMs: 0, toEpochMs: 9e12, where: {}, by: [], limit: 10 };
const isUnavailable = (error: unknown) =>
  error instanceof GatewayError && error.reason === ErrorReason.LEDGER_UNAVAILABLE;

const open = (directory: string) =>
  openSqliteStorage({ directory, clock: systemClock, log: createRecordingLog() });

describe("usage of a store with many records", () => {
  /** Each of them did cost 3 nano-USD. */
  async function openLarge(t: TestContext): Promise<Ledger> {
    const directory = dataDirectory();
    await (await open(directory)).close();
    const database = new DatabaseSync(join(directory, "axonflow.db"));
    database.exec(`
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${records})
      INSERT INTO usage SELECT 'call ' || n, 'call', ${Date.now()} - n, 'key ' || (n % 7), '', 'bedrock', 'us-east-1',
        'model', '{"team":"t' || (n % 3) || '"}', 1, 1, 0, 0, 3, 1, 1, 1 FROM number`);
    database.close();
    const storage = await open(directory);
    t.after(() => storage.close());
    return storage.ledger;
  }

  async function call(ledger: Ledger): Promise<void> {
    const request = callOf([accountOf(1_000_000n)], 5n);
    (await begin(ledger, request)).settle(recordOf(request.id, 5n));
  }

  it("is added up while calls go on, with all that was settled before it was asked for", async (t) => {
    const ledger = await openLarge(t);
    await call(ledger);
    let isOver = false;
    const report = ledger.usage({ ...all, by: ["day", "key", { tag: "team" }] }).finally(() => {
      isOver = true;
    });
    const total = ledger.usage(all);
    let made = 0;
    for (; !isOver; made++) await call(ledger);
    assert(made > 1, "calls did not wait for the report");
    const [sum] = await total;
    assert((sum?.costNanoUsd ?? 0n) >= BigInt(records) * 3n + 5n);
    assert.equal((await report).length, 10);
    t.diagnostic(`${made} calls within one report`);
  });

  it("is refused beyond what may wait, and can be asked for again", async (t) => {
    const ledger = await openLarge(t);
    const answers = await Promise.allSettled(
      Array.from({ length: 150 }, () => ledger.usage({ ...all, toEpochMs: 1 })),
    );
    const refused = answers.flatMap((answer) =>
      answer.status === "rejected" ? [answer.reason] : [],
    );
    assert.equal(refused.length, 50);
    assert(refused.every(isUnavailable));
    assert.equal((await ledger.usage(all))[0]?.calls, BigInt(records));
  });

  it("is refused when its thread is lost, and added up by another when it is asked for again", async (t) => {
    const threads = watchThreads("axonflow-usage");
    t.after(() => threads.close());
    const ledger = await openLarge(t);
    await ledger.usage({ ...all, toEpochMs: 1 });
    const asked = Promise.allSettled(Array.from({ length: 50 }, () => ledger.usage(all)));
    await call(ledger);
    await threads.end();
    const last = (await asked).at(-1);
    assert(last?.status === "rejected" && isUnavailable(last.reason));
    assert.equal((await ledger.usage(all))[0]?.calls, BigInt(records) + 1n);
    assert.equal(threads.started, 2);
  });
});
