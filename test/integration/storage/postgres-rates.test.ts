import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import type { RateAsk, SharedRates } from "../../../server/core/shared-rates.ts";
import { createDatabase, type Database } from "../../../server/storage/postgres/database.ts";
import { migrate } from "../../../server/storage/postgres/migrate.ts";
import {
  createPostgresSharedRates,
  type PostgresSharedRates,
} from "../../../server/storage/postgres/rates/postgres-shared-rates.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { createMemoryRates } from "../../fakes/memory-rates.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const gateways = 3;

/** What a gateway says, and how much later than what was said before. */
interface Saying {
  readonly gateway: number;
  readonly laterMs: number;
  readonly asks: readonly RateAsk[];
}

const needs = fc
  .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
  .map((each) => each.map((_, at) => each.slice(0, at + 1).reduce((sum, one) => sum + one, 0)));
const common = { limit: fc.constantFrom(0, 5, 60), needs, idle: fc.nat(5) };
const windowAsk = fc.record({
  kind: fc.constant("window" as const),
  name: fc.constantFrom("a", "b"),
  ...common,
  back: fc.array(fc.record({ second: fc.integer({ min: -70, max: 2 }), amount: fc.nat(3) }), {
    maxLength: 2,
  }),
  debt: fc.constantFrom(0, 0, 3),
});
const streamsAsk = fc.record({
  kind: fc.constant("streams" as const),
  name: fc.constantFrom("s", "t"),
  ...common,
  keep: fc.nat(3),
});
const saying: fc.Arbitrary<Saying> = fc.record({
  gateway: fc.nat(gateways - 1),
  laterMs: fc.oneof(fc.nat(900), fc.nat(9000), fc.nat(70_000), fc.constant(-3000)),
  asks: fc.uniqueArray(fc.oneof(windowAsk, streamsAsk), {
    selector: ({ name }) => name,
    maxLength: 4,
  }),
});

describe("rates in PostgreSQL", () => {
  let server: PostgresServer;
  let database: Database;
  let atMs = 0;
  const open: PostgresSharedRates[] = [];
  before(async () => {
    server = await startPostgresServer();
    database = createDatabase(await server.createDatabase(), gateways);
    await migrate(database);
  });
  after(async () => {
    for (const each of open) each.close();
    await database?.close();
    await server?.close();
  });

  const gateway = (at?: () => number): PostgresSharedRates => {
    const clock = createManualClock();
    const made = createPostgresSharedRates({
      database,
      clock,
      log: createRecordingLog(),
      atMs: at,
    });
    open.push(made);
    return made;
  };

  it("are counted as the gateways' own proofs take it, whatever is said", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 25 }), async (sayings) => {
        await database.query("TRUNCATE axonflow.rate, axonflow.rate_gateway, axonflow.rate_stream");
        atMs = 1_000_000_000_000;
        const memory = createMemoryRates({ atMs: () => atMs });
        const pairs: (readonly [SharedRates, SharedRates])[] = Array.from(
          { length: gateways },
          () => [gateway(() => atMs), memory.gateway()],
        );
        for (const { gateway: place, laterMs, asks: said } of sayings) {
          atMs += laterMs;
          const second = Math.floor(atMs / 1000);
          const asks = said.map((ask) =>
            ask.kind === "streams"
              ? ask
              : { ...ask, back: ask.back.map((one) => ({ ...one, second: second + one.second })) },
          );
          const [real, model] = pairs[place] ?? assert.fail();
          const { gateways: _, ...expected } = await model.exchange(asks);
          const { gateways: __, ...found } = await real.exchange(asks);
          assert.deepEqual(found, expected);
        }
      }),
      { numRuns: isLong ? 2000 : 60 },
    );
  });

  it("are given out once, however many ask at the same moment", async () => {
    const crowd = Array.from({ length: gateways }, () => gateway());
    const ask: RateAsk = {
      kind: "window",
      name: "crowded",
      limit: 50,
      needs: [1],
      idle: 0,
      back: [],
      debt: 0,
    };
    const streams: RateAsk = {
      kind: "streams",
      name: "open",
      limit: 2,
      needs: [1],
      idle: 0,
      keep: 0,
    };
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, at) => crowd[at % gateways]?.exchange([ask, streams])),
    );
    const granted = answers.map((answer) => answer?.answers[0]?.granted ?? 0);
    assert.equal(
      granted.reduce((sum, each) => sum + each, 0),
      50,
    );
  });

  it("hold no name that can be read, and no gateway that has left", async () => {
    const one = gateway();
    const ask: RateAsk = { kind: "streams", name: "left", limit: 2, needs: [2], idle: 0, keep: 0 };
    assert.equal((await one.exchange([ask])).answers[0]?.granted, 2);
    await one.leave();
    assert.equal((await gateway().exchange([ask])).answers[0]?.granted, 2);
    const rows = await database.query<{ name: Buffer }>("SELECT name FROM axonflow.rate_stream");
    assert.ok(rows.length > 0 && rows.every(({ name }) => name.length === 16));
  });
});
