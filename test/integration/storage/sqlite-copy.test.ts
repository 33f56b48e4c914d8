import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { keyRecord } from "../../fakes/key-records.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { accountOf, begin, callOf, costs, recordOf, stateOf, until } from "./ledger-words.ts";

const account = accountOf(1_000_000_000n);

async function open(t: TestContext, directory: string) {
  const log = createRecordingLog();
  const storage = await openSqliteStorage({ directory, clock: systemClock, log });
  t.after(() => storage.close());
  return storage;
}

/** What `sqlite3 axonflow.db "VACUUM INTO '…'"` does, in a process of its own. */
async function copyByAnother(directory: string, to: string): Promise<void> {
  const program = `
    const { DatabaseSync } = require("node:sqlite");
    const [from, to] = process.argv.slice(1);
    new DatabaseSync(from, { readOnly: true }).prepare("VACUUM INTO ?").run(to);`;
  const paths = [join(directory, "axonflow.db"), join(to, "axonflow.db")];
  await promisify(execFile)(process.execPath, ["-e", program, ...paths]);
}

describe("a gateway's file while the gateway runs", () => {
  it("can be copied by another program: the copy is a whole store of one moment", async (t) => {
    const directory = dataDirectory();
    const { ledger, keys } = await open(t, directory);
    const key = keyRecord("held");
    await keys.create(key);
    await begin(ledger, callOf([account], 1000n));
    let isOver = false;
    let made = 0;
    const caller = async () => {
      while (!isOver) {
        const request = callOf([account], 10n);
        (await begin(ledger, request)).settle(recordOf(request.id, 7n));
        made += 1;
      }
    };
    const callers = Array.from({ length: 20 }, caller);
    await until("calls are made", async () => made > 1000);
    const copy = join(dataDirectory(), "copy");
    mkdirSync(copy);
    await copyByAnother(directory, copy);
    isOver = true;
    await Promise.all(callers);

    const restored = await open(t, copy);
    const spent = (await costs(restored.ledger)).get("call") ?? 0n;
    const state = await stateOf(restored.ledger);
    t.diagnostic(`${made} calls, ${spent / 7n} of them in the copy`);
    assert(spent >= 7000n && spent <= BigInt(made) * 7n);
    assert.equal(state.spentNanoUsd, spent);
    assert(state.reservedNanoUsd >= 1000n, "calls under way are still held");
    assert.deepEqual(await restored.keys.list(), [key]);
    assert.deepEqual(await costs(ledger), new Map([["call", BigInt(made) * 7n]]));
  });

  it("is waited for while another program writes in it, and calls are let in again afterwards", async (t) => {
    const directory = dataDirectory();
    const { ledger } = await open(t, directory);
    const other = new DatabaseSync(join(directory, "axonflow.db"));
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(begin(ledger, callOf([account], 1n)), (error) => {
      assert(error instanceof GatewayError, String(error));
      return error.reason === ErrorReason.LEDGER_UNAVAILABLE;
    });
    other.close();
    await until("calls are let in", () =>
      begin(ledger, callOf([account], 1n)).then(
        () => true,
        () => false,
      ),
    );
  });
});
