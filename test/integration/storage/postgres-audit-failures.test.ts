import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import {
  openPostgresAuditStore,
  type PostgresAuditStoreOptions,
} from "../../../server/storage/postgres/audit/open-postgres-audit-store.ts";
import { verifyWriter } from "../../../server/storage/postgres/audit/verify-connection.ts";
import { createDatabase } from "../../../server/storage/postgres/database.ts";
import { createTestChain } from "../../conformance/audit-store/words.ts";
import { allRecords, createPersistentWriter, type PersistentWriter } from "./audit-attempts.ts";
import { openCutLine } from "./cut-line.ts";
import { until } from "./ledger-words.ts";
import {
  ask,
  type PostgresServer,
  type PostgresStandby,
  startPostgresServer,
} from "./postgres-server.ts";

const terminations = process.env.AXONFLOW_TEST_LENGTH === "long" ? 300 : 20;

let server: PostgresServer;
before(async () => {
  server = await startPostgresServer();
});
after(() => server?.close());

async function open(t: TestContext, url: string, options: Partial<PostgresAuditStoreOptions> = {}) {
  const store = await openPostgresAuditStore({ url, clock: systemClock, ...options });
  t.after(() => store.close());
  return store;
}

/** Writes while `trouble` is made, and on until a batch is stored after it. */
async function writeThrough(writer: PersistentWriter, trouble: () => Promise<unknown>) {
  const writing = writer.writeOn();
  await until("it is written", async () => writer.stored.length > 20);
  await trouble();
  const known = writer.stored.length;
  await until("it is written again", async () => writer.stored.length > known + 5);
  writer.stop();
  await writing;
}

async function assertAllOnce(url: string, { chain }: PersistentWriter, t: TestContext) {
  const store = await open(t, url);
  assert.deepEqual(await allRecords(store, chain.writer), chain.records);
  const heads = await ask(url, "SELECT count(*) FROM axonflow.audit_head");
  assert.equal(Number(heads[0]?.count), chain.batches.length);
}

describe("the audit log when its PostgreSQL is gone for a time", () => {
  for (const how of ["stop", "kill"] as const) {
    it(`goes on by itself, with each batch once, after a ${how} and a start`, async (t) => {
      const url = await server.createDatabase();
      const store = await open(t, url);
      const writer = createPersistentWriter(() => store);
      await writeThrough(writer, async () => {
        await server.stop(how);
        const before = writer.refusals;
        await until("it is refused", async () => writer.refusals > before);
        await server.start();
      });
      await assertAllOnce(url, writer, t);
    });
  }

  it("has each batch once when connections are ended in the midst of commits", async (t) => {
    const url = await server.createDatabase();
    const store = await open(t, url);
    const writer = createPersistentWriter(() => store);
    await writeThrough(writer, async () => {
      for (let count = 0; count < terminations; count++) {
        const known = writer.stored.length;
        await until("it is written", async () => writer.stored.length > known);
        await ask(
          url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid()`,
        );
      }
    });
    t.diagnostic(`${writer.stored.length} batches, ${writer.refusals} refusals`);
    assert(writer.refusals > 0);
    await assertAllOnce(url, writer, t);
  });

  it("has a batch once whose answer was lost, and says in time that it was", async (t) => {
    const url = await server.createDatabase();
    const line = await openCutLine(server.port);
    t.after(() => line.close());
    const byLine = url.replace(String(server.port), String(line.port));
    const store = await open(t, byLine, { waitMs: 300 });
    const chain = createTestChain(Date.now());
    await store.append(chain.next());
    const [first] = chain.batches;
    const batch = chain.next({ keys: 1 });
    line.muffleAfter("axonflow_audit_append");
    await assert.rejects(store.append(batch), /too long|timeout/);
    await until("it is committed", async () => {
      const [row] = await ask(url, "SELECT count(*) FROM axonflow.audit_head");
      return row?.count === "2";
    });
    line.mend();
    await until("it is taken", () =>
      store.append(batch).then(
        () => true,
        () => false,
      ),
    );
    assert(first);
    await store.append(first);
    assert.deepEqual(await store.records(chain.writer, 1, 9), chain.records);
    assert.equal((await store.keys(chain.writer, 1)).length, 1);
  });
});

describe("the audit log with a standby", () => {
  let primary: PostgresServer;
  let standby: PostgresStandby;
  before(async () => {
    primary = await startPostgresServer();
    standby = await primary.standby();
  });
  after(() => Promise.all([primary?.close(), standby?.close()]));
  const at = (port: number, url: string) => url.replace(String(primary.port), String(port));

  it("is refused one to write on, in words that help, and can be read there", async (t) => {
    const url = await primary.createDatabase();
    const onStandby = at(standby.port, url);
    const store = await open(t, url);
    const chain = createTestChain(Date.now());
    await store.append(chain.next());
    await until("it has followed", () =>
      ask(onStandby, "SELECT 1 FROM axonflow.audit_head").then(
        (rows) => rows.length === 1,
        () => false,
      ),
    );
    await assert.rejects(open(t, onStandby, { startWithinMs: 300 }), /only reads: it is a standby/);
    const reader = await open(t, onStandby, { readOnly: true });
    assert.deepEqual(await reader.records(chain.writer, 1, 9), chain.records);
    await assert.rejects(reader.append(chain.next()), /read only/);
  });

  it("loses nothing that it took when the standby takes the primary's place, under one address", async (t) => {
    const url = await primary.createDatabase();
    const line = await openCutLine(primary.port);
    t.after(() => line.close());
    const store = await open(t, at(line.port, url));
    const writer = createPersistentWriter(() => store);
    await writeThrough(writer, async () => {
      // It answers for a while before it may write.
      line.turnTo(standby.port);
      await primary.stop("kill");
      const before = writer.refusals;
      await until("it is refused", async () => writer.refusals > before + 2);
      await standby.promote();
    });
    t.diagnostic(`${writer.stored.length} batches, ${writer.refusals} refusals`);
    await assertAllOnce(at(standby.port, url), writer, t);
  });
});

describe("the audit log's PostgreSQL", () => {
  it("answers a commit when it is on the disk, whatever it was told by others", async (t) => {
    const url = await server.createDatabase();
    const name = new URL(url).pathname.slice(1);
    for (const [told, is] of [
      ["off", "on"],
      ["local", "on"],
      ["remote_write", "on"],
      ["on", "on"],
      ["remote_apply", "remote_apply"],
    ]) {
      await ask(url, `ALTER DATABASE ${name} SET synchronous_commit = ${told}`);
      const database = createDatabase(url, 1, { verify: verifyWriter });
      t.after(() => database.close());
      const rows = await database.query("SHOW synchronous_commit");
      assert.deepEqual(rows, [{ synchronous_commit: is }]);
    }
  });

  it("has tables for months to come, however many gateways need them at one moment", async (t) => {
    const url = await server.createDatabase();
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(t, url)));
    const lastDayMs = Date.UTC(2026, 8, 30);
    const chains = stores.map(() => createTestChain(lastDayMs));
    for (const later of [0, 40, 80]) {
      const epochMs = lastDayMs + later * 86_400_000;
      await Promise.all(
        stores.map((store, at) =>
          store.append(chains[at]?.next({ records: [{ epochMs }] }) ?? assert.fail()),
        ),
      );
    }
    for (const { writer, records } of chains) {
      assert.deepEqual(await stores[0]?.records(writer, 1, 9), records);
    }
    await until("October is prepared on the last of September", async () => {
      const [row] = await ask(
        url,
        "SELECT to_regclass('axonflow.audit_record_2026_10')::text AS name",
      );
      return row?.name !== null;
    });
  });

  it("drops a month when all that began before its end was shredded, and nobody is stopped meanwhile", async (t) => {
    const url = await server.createDatabase();
    const store = await open(t, url);
    const day = (month: number) => Date.UTC(2025, month, 15);
    const [old, other] = [createTestChain(day(0)), createTestChain(day(1))];
    for (const begins of [true, true]) await store.append(old.next({ begins, keys: 1 }));
    await store.append(other.next());
    await store.append(old.next({ begins: true, records: [{ epochMs: day(1) }] }));
    const months = async () => {
      const rows = await ask(
        url,
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^audit_record_2025' ORDER BY 1",
      );
      return rows.map(({ relname }) => relname);
    };
    const sweepAll = async () => {
      while (await store.sweep()) {
        // Goes on.
      }
    };
    await store.shred(old.writer, 1, Buffer.from("one"));
    await sweepAll();
    assert.deepEqual(await months(), ["audit_record_2025_01", "audit_record_2025_02"]);
    assert.deepEqual(await store.records(old.writer, 1, 9), old.records.slice(1));
    await store.shred(old.writer, 2, Buffer.from("two"));
    await sweepAll();
    assert.deepEqual(await months(), ["audit_record_2025_02"]);
    assert.deepEqual(await store.records(old.writer, 1, 9), old.records.slice(2));
    assert.deepEqual(await store.records(other.writer, 1, 9), other.records);
    assert.equal((await store.segments()).length, 4);
    // A clock that is behind finds its month again.
    const late = createTestChain(day(0));
    await until("its month is made", () =>
      store.append(late.batches[0] ?? late.next()).then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual(await store.records(late.writer, 1, 9), late.records);
  });
});
