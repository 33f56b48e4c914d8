import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import {
  openSqliteAuditStore,
  type SqliteAuditStoreOptions,
} from "../../../server/storage/sqlite/audit/open-sqlite-audit-store.ts";
import { SqliteRefused } from "../../../server/storage/sqlite/sqlite-refused.ts";
import { createTestChain } from "../../conformance/audit-store/words.ts";
import { dataDirectory } from "../../fakes/data-directory.ts";
import { allRecords, createPersistentWriter } from "./audit-attempts.ts";
import { fileSizeLimit } from "./file-size-limit.ts";
import { until } from "./ledger-words.ts";
import { watchThreads } from "./sqlite-threads.ts";

const limit = fileSizeLimit();

async function open(
  t: TestContext,
  directory = dataDirectory(),
  options: Partial<SqliteAuditStoreOptions> = {},
) {
  const store = await openSqliteAuditStore({ directory, clock: systemClock, ...options });
  t.after(() => store.close());
  return { directory, store, path: join(directory, "audit.db") };
}

describe("the audit log's file on a full disk", {
  skip: !limit && "prlimit of util-linux is needed",
}, () => {
  it("takes no batch, loses none that it took, and goes on by itself when there is room", async (t) => {
    const { store } = await open(t);
    t.after(() => limit?.lift());
    const writer = createPersistentWriter(() => store);
    for (let outage = 0; outage < 3; outage++) {
      for (let count = 0; count < 20; count++) assert(await writer.tryOne());
      limit?.set(4096);
      await until("it is refused", async () => !(await writer.tryOne()));
      assert.equal(await writer.tryOne(), false);
      const durable = await allRecords(store, writer.chain.writer);
      assert.deepEqual(
        durable,
        writer.stored.flatMap(({ records }) => records),
      );
      limit?.lift();
      await until("it is taken", () => writer.tryOne());
    }
    assert.deepEqual(await allRecords(store, writer.chain.writer), writer.chain.records);
  });
});

describe("the audit log's file when a thread is lost", () => {
  it("is written by another one; what was sent again is there once", async (t) => {
    const threads = watchThreads("axonflow-audit");
    t.after(() => threads.close());
    const { store } = await open(t);
    const writer = createPersistentWriter(() => store);
    const writing = writer.writeOn();
    for (let losses = 1; losses <= 4; losses++) {
      const before = writer.stored.length;
      await until("it is written", async () => writer.stored.length > before + 20);
      await threads.end();
      await until("another thread is started", async () => threads.started > losses);
    }
    writer.stop();
    await writing;
    assert(writer.refusals >= 4);
    assert.deepEqual(await allRecords(store, writer.chain.writer), writer.chain.records);
    assert.equal(threads.started, 5);
  });

  it("is read by another one", async (t) => {
    const threads = watchThreads("axonflow-audit-reader");
    t.after(() => threads.close());
    const { store } = await open(t);
    const chain = createTestChain(Date.now());
    await store.append(chain.next());
    assert.equal(threads.started, 0, "nobody has read yet");
    for (const started of [1, 2]) {
      assert.deepEqual(await store.records(chain.writer, 1, 9), chain.records);
      assert.equal(threads.started, started);
      await threads.end();
    }
  });
});

describe("the audit log's file at the start", () => {
  async function filled(t: TestContext) {
    const { store, directory, path } = await open(t);
    const writer = createPersistentWriter(() => store);
    for (let count = 0; count < 100; count++) await writer.tryOne();
    await store.close();
    return { directory, path };
  }
  const spoil = (path: string, from: number) => {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, from);
    writeFileSync(path, bytes);
  };
  const refusals: readonly (readonly [
    what: string,
    change: (path: string) => void,
    says: RegExp,
  ])[] = [
    [
      "has lost its beginning",
      (path) => spoil(path, 0),
      /is damaged.*Keep it for whoever examines/,
    ],
    ["is damaged behind its beginning", (path) => spoil(path, 4096), /is damaged/],
    ["was cut short", (path) => truncateSync(path, 8192), /is damaged/],
    [
      "is of a later version",
      (path) => {
        const database = new DatabaseSync(path);
        database.exec("PRAGMA user_version = 9");
        database.close();
      },
      /was written by a later version of the gateway.*Start that version/,
    ],
  ];
  for (const [what, change, says] of refusals) {
    it(`is refused when it ${what}, and cannot be read as if it were whole`, async (t) => {
      const { directory, path } = await filled(t);
      change(path);
      const isRefused = (error: unknown) => {
        assert(error instanceof SqliteRefused, String(error));
        assert(error.message.startsWith(path), error.message);
        assert.match(error.message, says);
        return true;
      };
      await assert.rejects(open(t, directory), isRefused);
      const reading = open(t, directory, { readOnly: true }).then(({ store }) => store.segments());
      await assert.rejects(reading, (error) => /malformed/.test(String(error)) || isRefused(error));
    });
  }

  it("is refused to another gateway, which leaves the first one alone", async (t) => {
    const { store, directory } = await open(t);
    await assert.rejects(
      open(t, directory),
      /audit\.db is in use by another gateway.*AXONFLOW_DATABASE_URL/,
    );
    await store.append(createTestChain(Date.now()).next());
    await store.close();
    await open(t, directory);
  });

  it("is the gateway's own user's alone, with all that is beside it", async (t) => {
    const { store, directory } = await open(t, join(dataDirectory(), "made"));
    await store.append(createTestChain(Date.now()).next());
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    const modes = readdirSync(directory).map((name) => [
      name,
      statSync(join(directory, name)).mode & 0o777,
    ]);
    assert.deepEqual(Object.fromEntries(modes), {
      "audit.db": 0o600,
      "audit.db-shm": 0o600,
      "audit.db-wal": 0o600,
      "audit.db.lock": 0o600,
    });
  });
});

describe("the audit log's file for who only reads", () => {
  it("is read while a gateway writes it, and nothing is changed", async (t) => {
    const { store, directory } = await open(t);
    const reader = await open(t, directory, { readOnly: true });
    const chain = createTestChain(Date.now());
    for (let count = 0; count < 3; count++) {
      await store.append(chain.next());
      assert.deepEqual(await reader.store.records(chain.writer, 1, 9), chain.records);
    }
    await assert.rejects(reader.store.append(chain.next()), /read only/);
    await assert.rejects(reader.store.shred(chain.writer, 1, Buffer.from("x")), /read only/);
    await assert.rejects(reader.store.sweep(), /read only/);
  });

  it("is read when a gateway was killed, and when it has ended", async (t) => {
    const { store, directory } = await open(t);
    const chain = createTestChain(Date.now());
    for (let count = 0; count < 3; count++) await store.append(chain.next());
    // What is on the disk at this moment is what a killed process leaves.
    const killed = dataDirectory();
    cpSync(directory, killed, { recursive: true });
    await store.close();
    for (const left of [killed, directory]) {
      const reader = await open(t, left, { readOnly: true });
      assert.deepEqual(await reader.store.records(chain.writer, 1, 9), chain.records);
      await reader.store.close();
      const next = await open(t, left);
      assert.deepEqual(await next.store.records(chain.writer, 1, 9), chain.records);
    }
  });

  it("is not made when it is not there", async (t) => {
    const directory = dataDirectory();
    await assert.rejects(open(t, directory, { readOnly: true }), /audit\.db is not there/);
    assert.deepEqual(readdirSync(directory), []);
  });
});

it("a shredded segment's keys are nowhere in the files any more, while its neighbours' are", async (t) => {
  const { store, directory } = await open(t);
  const chain = createTestChain(Date.now());
  for (let count = 0; count < 30; count++)
    await store.append(chain.next({ begins: true, keys: 1 }));
  const files = () =>
    Buffer.concat(readdirSync(directory).map((name) => readFileSync(join(directory, name))));
  const [, key, neighbour] = chain.batches.map(({ keys }) => keys[0]?.bytes);
  assert(key && neighbour);
  assert(files().includes(key));
  await store.shred(chain.writer, 2, Buffer.from("what is left"));
  assert(!files().includes(key));
  assert(files().includes(neighbour));
});
