import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { systemClock } from "../../../server/core/clock.ts";
import { openSqliteStorage } from "../../../server/storage/sqlite/open-sqlite-storage.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type JournalledCall, readJournal } from "./call-journal.ts";
import { until } from "./ledger-words.ts";
import { readSqliteFile, type SqliteFile } from "./sqlite-file.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const kills = isLong ? 300 : 8;

/** Of all accounts; the last one is full before long, so that there are refusals too. */
const limits = [10_000_000_000n, 1_000_000_000n, 20_000n];
const program = fileURLToPath(new URL("./sqlite-gateway.ts", import.meta.url));

describe("a gateway with a file of its own that is killed in the midst of its calls", () => {
  it(`loses nothing that was durable and counts nothing twice, ${kills} times over`, async (t) => {
    const directory = dataDirectory();
    const journal = join(dataDirectory(), "journal");
    writeFileSync(journal, "");
    for (let kill = 0; kill < kills; kill++) {
      await runAndKill(directory, journal, 20_000 + ((kill * 79_190) % 200_000));
    }
    await chargeWhatIsLeft(directory);

    const calls = readJournal(journal);
    const file = readSqliteFile(directory);
    const kinds = (kind: string) => file.usage.filter((record) => record.kind === kind);
    t.diagnostic(
      `${calls.size} calls, ${kinds("call").length} records, ${kinds("lost").length} holds charged in full`,
    );
    assert(kinds("call").length > 500 && kinds("lost").length > 0, "there was something to lose");
    assert.deepEqual(file.holds, []);
    isOnceEach(file);
    for (const record of file.usage) assert(calls.has(record.id), `${record.id} was never made`);
    const records = new Map(file.usage.map((record) => [record.id, record]));
    for (const [id, call] of calls) {
      const record = records.get(id);
      assert(mayStand(call, record), `${id}: ${inspect(call)} became ${inspect(record)}`);
    }
    for (const [place, limit] of limits.entries()) {
      const counted = file.usage.filter(({ id }) => (calls.get(id)?.accounts ?? 0) > place);
      const spent = file.spent.get(`account ${place}`) ?? 0n;
      assert.equal(spent, sumOf(counted), `the records add up to account ${place}`);
      assert(spent <= limit, `account ${place}: ${spent} of ${limit}`);
    }
  });
});

/** Kills it when the journal has so many more bytes, in whatever it is doing. */
async function runAndKill(directory: string, journal: string, bytes: number): Promise<void> {
  const sizeBefore = statSync(journal).size;
  const limitArguments = limits.map(String);
  const child = spawn(process.execPath, [program, directory, journal, ...limitArguments], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const exited = once(child, "exit");
  await until("it is busy", async () => {
    assert.equal(child.exitCode, null, "it ended by itself");
    return statSync(journal).size > sizeBefore + bytes;
  });
  child.kill("SIGKILL");
  await exited;
}

/** Opens the file when every call that was under way must be over. */
async function chargeWhatIsLeft(directory: string): Promise<void> {
  const clock = { ...systemClock, epochMs: () => Date.now() + 60_000 };
  const storage = await openSqliteStorage({ directory, clock, log: createRecordingLog() });
  const states = await storage.ledger.accounts();
  for (const { name, reservedNanoUsd } of states) assert.equal(reservedNanoUsd, 0n, name);
  await storage.close();
}

function isOnceEach({ usage }: SqliteFile): void {
  const ids = new Set<string>();
  for (const { id } of usage) {
    assert(!ids.has(id), `${id} is counted twice`);
    ids.add(id);
  }
}

/** Whether this may stand in the file, by what is known of a call. */
function mayStand(call: JournalledCall, record: SqliteFile["usage"][number] | undefined): boolean {
  const { state, isDurable, accounts } = call;
  const isExact = record?.kind === "call" && record.costNanoUsd === call.costNanoUsd;
  const isLost = record?.kind === "lost" && heldAmounts(call).includes(record.costNanoUsd);
  // What no budget counts is not held: it is gone with the process, unless it was settled.
  const isGone = record === undefined;
  if (isDurable) return state === "ended" ? isExact : isGone;
  switch (state) {
    case "reserved":
      return isGone;
    case "starting":
    case "released":
      return isGone || isLost;
    case "started":
      return isLost || (isGone && accounts === 0);
    case "ended":
      return isExact || isLost || (isGone && accounts === 0);
  }
}

/** What was set aside for it, with what may have been added to that. */
function heldAmounts({ grantedNanoUsd, extensionNanoUsd, isExtended }: JournalledCall) {
  const most = grantedNanoUsd + extensionNanoUsd;
  return isExtended ? [most] : [grantedNanoUsd, most];
}

const sumOf = (records: SqliteFile["usage"]) =>
  records.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
