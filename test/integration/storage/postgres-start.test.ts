import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { systemClock } from "../../../server/core/clock.ts";
import { openPostgresStorage } from "../../../server/storage/postgres/open-postgres-storage.ts";
import { PostgresRefused } from "../../../server/storage/postgres/postgres-refused.ts";
import { schemaVersions } from "../../../server/storage/postgres/schema.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { ask, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

describe("the start with a PostgreSQL", () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgresServer();
  });
  after(() => server?.close());

  const open = (url: string) =>
    openPostgresStorage({ url, clock: systemClock, log: createRecordingLog(), startWithinMs: 300 });

  it("makes the schema once, however many gateways start at one moment", async () => {
    const url = await server.createDatabase();
    const storages = await Promise.all(Array.from({ length: 8 }, () => open(url)));
    await Promise.all(storages.map((storage) => storage.close()));
    assert.deepEqual(await ask(url, "SELECT version FROM axonflow.schema_version"), [
      { version: schemaVersions.length },
    ]);
  });

  it("takes a schema that an administrator made for a user who may not", async () => {
    const url = await server.createDatabase();
    const limited = "made-up-too";
    await ask(url, `CREATE ROLE limited LOGIN PASSWORD '${limited}'`);
    await ask(url, "CREATE SCHEMA axonflow AUTHORIZATION limited");
    const asLimited = new URL(url);
    asLimited.username = "limited";
    asLimited.password = limited;
    const storage = await open(String(asLimited));
    assert.deepEqual(await storage.keys.list(), []);
    await storage.close();
  });

  const refusals: readonly {
    readonly what: string;
    readonly change: (url: URL) => string | Promise<string>;
    readonly says: RegExp;
  }[] = [
    {
      what: "a wrong password",
      change(url) {
        url.password = "hunter2-made-up";
        return String(url);
      },
      says: /at 127\.0\.0\.1:\d+ refuses the user or the password/,
    },
    {
      what: "a database that does not exist",
      change(url) {
        url.pathname = "/nowhere";
        return String(url);
      },
      says: /^The database nowhere at 127\.0\.0\.1:\d+ does not exist\. Create it/,
    },
    {
      what: "a port where nothing listens",
      change(url) {
        url.port = "1";
        return String(url);
      },
      says: /does not answer \(ECONNREFUSED\)\. Start it, or mend the URL\./,
    },
    {
      what: "TLS with a server that has none",
      change(url) {
        url.searchParams.set("sslmode", "verify-full");
        return String(url);
      },
      says: /does not speak TLS/,
    },
    {
      what: "another kind of URL",
      change: () => "mysql://root:hunter2-made-up@localhost/gateway",
      says: /has to begin with postgres:\/\//,
    },
    {
      what: "no URL at all",
      change: () => "hunter2-made-up",
      says: /is no URL\. Write postgres:\/\//,
    },
    {
      what: "a schema of a newer gateway",
      async change(url) {
        await (await open(String(url))).close();
        await ask(String(url), "UPDATE axonflow.schema_version SET version = 99");
        return String(url);
      },
      says: /has schema version 99 of a newer gateway/,
    },
  ];
  for (const { what, change, says } of refusals) {
    it(`refuses ${what} in words that help and hold no password`, async () => {
      const url = await change(new URL(await server.createDatabase()));
      await assert.rejects(open(url), (error) => {
        assert.ok(error instanceof PostgresRefused);
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /hunter2|made-up/);
        return true;
      });
    });
  }
});
