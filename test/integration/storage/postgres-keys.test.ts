import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { after, before, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import type { KeyRecord } from "../../../server/core/key-store.ts";
import { openPostgresStorage } from "../../../server/storage/postgres/open-postgres-storage.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { until } from "./ledger-words.ts";
import { ask, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

function recordOf(name: string): KeyRecord {
  const id = randomUUID();
  return {
    id,
    name,
    tenant: "acme",
    grants: {
      providers: [],
      regions: ["us-*"],
      models: ["claude-*"],
      policies: [],
      budgets: [{ period: "day", rolling: false, limitNanoUsd: 9_007_199_254_740_993n }],
    },
    sha256: createHash("sha256").update(id).digest(),
    prefix: "ax-made",
    createdEpochMs: Date.now(),
    createdBy: "admin",
  };
}

describe("keys of gateways with one PostgreSQL", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgresServer();
  });
  after(() => server?.close());

  async function open(t: TestContext, url: string) {
    const log = createRecordingLog();
    const storage = await openPostgresStorage({ url, clock: systemClock, log });
    t.after(() => storage.close());
    return storage.keys;
  }

  /** Counts what a gateway is told. */
  async function watched(t: TestContext, url: string): Promise<() => number> {
    const keys = await open(t, url);
    let times = 0;
    keys.watch(() => {
      times += 1;
    });
    return () => times;
  }

  it("are known to all of them at once, to the last nano-USD of what they grant", async (t) => {
    const url = await server.createDatabase();
    const near = await open(t, url);
    const heard = await watched(t, url);
    const record = recordOf("search");
    await near.create(record);
    await until("the other gateway is told", async () => heard() > 0);
    assert.deepEqual(await (await open(t, url)).list(), [record]);
  });

  it("are looked for by those whose announcements get lost", async (t) => {
    const url = await server.createDatabase();
    const heard = await watched(t, url);
    // A change without a word, as a pooler that swallows notifications makes it.
    await ask(url, "UPDATE axonflow.change SET count = count + 1 WHERE topic = 'keys'");
    await until("the next look finds it", async () => heard() > 0);
  });

  it("are heard of again after PostgreSQL was gone", async (t) => {
    const url = await server.createDatabase();
    const near = await open(t, url);
    const heard = await watched(t, url);
    await server.stop();
    await server.start();
    await until("the listeners are back", async () => (await listeners(url)) === 2);
    const before = heard();
    await until("the database answers", async () => {
      return near.create(recordOf(randomUUID())).then(
        () => true,
        () => false,
      );
    });
    await until("the other gateway is told", async () => heard() > before);
  });

  it("cannot be made twice by one name, by two gateways at one moment", async (t) => {
    const url = await server.createDatabase();
    const [near, far] = [await open(t, url), await open(t, url)];
    const results = await Promise.allSettled(
      [near, far, near, far].map((keys) => keys.create(recordOf("wanted"))),
    );
    assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal((await near.list()).length, 1);
  });

  async function listeners(url: string): Promise<number> {
    const [row] = await ask(
      url,
      `SELECT count(*) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'axonflow-gateway-listener' AND query LIKE 'LISTEN%'`,
    );
    return Number(row?.count);
  }
});
