import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import { openAuditLog } from "../../../server/audit/open-audit-log.ts";
import { createRetention } from "../../../server/audit/retention/retention.ts";
import { verifyLog } from "../../../server/audit/verifying/verify-log.ts";
import type { AuditStore } from "../../../server/core/audit-store.ts";
import type { Clock } from "../../../server/core/clock.ts";
import { openPostgresAuditStore } from "../../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { openSqliteAuditStore } from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { testMasterKey, testSigner } from "../../fakes/audit-world.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { createDayClock } from "../../fakes/day-clock.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { startPostgresServer } from "../storage/postgres-server.ts";

const retentionDays = 10;
const days = 26;

/** A process that ends in the midst of its work. */
class Killed extends Error {}

/** From the `at`-th change on, nothing more is done; with `isLate` that one still is. */
function endingAt(store: AuditStore, at: number, isLate: boolean) {
  let changes = 0;
  const change =
    <Args extends readonly unknown[], T>(make: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      changes += 1;
      if (changes > at || (changes === at && !isLate)) throw new Killed();
      const made = await make(...args);
      if (changes === at) throw new Killed();
      return made;
    };
  const ending = { shred: change(store.shred), sweep: change(store.sweep) };
  return { store: { ...store, ...ending }, change };
}

interface Process {
  readonly store: AuditStore;
  readonly clock: Clock;
}

async function openLog({ store, clock }: Process) {
  return openAuditLog({
    store,
    clock,
    log: createRecordingLog(),
    masterKey: testMasterKey,
    signer: testSigner,
    mode: "compliance",
    version: "1",
    mostInSegment: 1_000_000,
  });
}

/** Some days of a clinic's calls. */
async function fill(store: AuditStore, clock: Clock & { day: number }) {
  const audit = await openLog({ store, clock });
  for (clock.day = 0; clock.day < days; clock.day += 1) {
    for (let calls = 0; calls < 2; calls++) {
      const about = { requestId: randomUUID(), tenant: "clinic", content: { day: clock.day } };
      await audit.intend({ ...about, kind: "intent" });
      await audit.record({ ...about, kind: "outcome" });
    }
  }
  await audit.close();
}

const isWhole = async (store: AuditStore) => {
  const { problems } = await verifyLog({ store });
  assert.deepEqual(problems, []);
};

function retentionSuite(name: string, open: (clock: Clock) => Promise<AuditStore>): void {
  it(`over ${name} ends well, at whatever step processes end before`, async () => {
    const clock = createDayClock();
    let store = await open(clock);
    await fill(store, clock);
    const before = await store.segments();
    let kills = 0;
    for (let isOver = false; !isOver; ) {
      const at = 1 + (Math.floor(kills / 2) % 6);
      const { store: ending, change } = endingAt(store, at, kills % 2 === 1);
      const audit = await openLog({ store, clock });
      const retention = createRetention({
        store: ending,
        clock,
        log: createRecordingLog(),
        retentionDays,
        writePrune: change((content: object) => audit.writeFate("prune", content)),
      });
      isOver = await retention.run(false).then(
        () => true,
        (error) => {
          assert.ok(error instanceof Killed, String(error));
          return false;
        },
      );
      retention.close();
      await audit.close();
      await isWhole(store);
      await store.close();
      store = await open(clock);
      if (!isOver) kills += 1;
      assert.ok(kills < 100, "it never ends");
    }
    const cutoff = clock.epochMs() - retentionDays * 24 * 60 * 60 * 1000;
    const rows = await store.segments();
    const gone = rows.filter(({ summary }) => summary);
    assert.ok(kills >= 12, `${kills} processes ended`);
    assert.ok(gone.length >= 4, `${gone.length} of ${before.length} segments have gone`);
    for (const { writer, number } of gone) assert.deepEqual(await store.keys(writer, number), []);
    const query = { fromEpochMs: 0, toEpochMs: cutoff - 24 * 60 * 60 * 1000, limit: 100 };
    assert.deepEqual(await store.find(query), [], "their rows were swept away");
    await isWhole(store);
    await store.close();
  });
}

describe("retention", () => {
  let server: Awaited<ReturnType<typeof startPostgresServer>> | undefined;
  after(() => server?.close());
  const directory = dataDirectory();
  retentionSuite("SQLite", (clock) => openSqliteAuditStore({ directory, clock }));
  let url: string | undefined;
  retentionSuite("PostgreSQL", async (clock) => {
    server ??= await startPostgresServer();
    url ??= await server.createDatabase();
    return openPostgresAuditStore({ url, clock });
  });
});
