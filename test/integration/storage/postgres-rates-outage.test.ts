import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { systemClock } from "../../../server/core/clock.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { createSharedLimiter } from "../../../server/policies/rate-limit/shared/shared-limiter.ts";
import { createDatabase } from "../../../server/storage/postgres/database.ts";
import { migrate } from "../../../server/storage/postgres/migrate.ts";
import { createPostgresSharedRates } from "../../../server/storage/postgres/rates/postgres-shared-rates.ts";
import { sampleCall } from "../../fakes/calls.ts";
import { samplePolicies, sampleRate } from "../../fakes/policies.ts";
import { createRecordingLog } from "../../fakes/recording-log.ts";
import { type PostgresServer, startPostgresServer } from "./postgres-server.ts";

const limit = 12;
const size = 3;

/** One gateway's way to the counts, and what it knows of the others. */
function open(url: string) {
  const database = createDatabase(url, 1, { statement_timeout: 1000, query_timeout: 1500 });
  const rates = createPostgresSharedRates({
    database,
    clock: systemClock,
    log: createRecordingLog(),
  });
  const known = { gateways: 0 };
  const limiter = createSharedLimiter({
    clock: systemClock,
    rates: {
      leave: rates.leave,
      async exchange(asks) {
        const answers = await rates.exchange(asks);
        known.gateways = answers.gateways ?? known.gateways;
        return answers;
      },
    },
  });
  const policies = samplePolicies({
    rates: [sampleRate({ limits: { requestsPerMinute: limit } })],
  });
  return {
    known,
    /** `in`, or the reason of the refusal. */
    async call() {
      const need = { tokens: 0, isStream: false };
      const call = sampleCall({ deadlineMs: Number.MAX_SAFE_INTEGER });
      try {
        (await limiter.admit(call, policies, need)).end(0);
        return "in";
      } catch (error) {
        return GatewayError.from(error).message;
      }
    },
    async close() {
      await limiter.close();
      rates.close();
      await database.close();
    },
  };
}

describe("a rate of gateways whose PostgreSQL is killed and comes back", () => {
  let server: PostgresServer;
  let gateways: ReturnType<typeof open>[] = [];
  before(async () => {
    server = await startPostgresServer();
    const url = await server.createDatabase();
    const database = createDatabase(url, 1);
    await migrate(database);
    await database.close();
    gateways = Array.from({ length: size }, () => open(url));
  });
  after(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await server?.close();
  });

  it("holds all the while: shares of it are let in, then refused as unavailable, and afterwards all of them count", async () => {
    const told: string[] = [];
    const ask = async (each: number) => {
      const calls = gateways.flatMap((gateway) => Array.from({ length: each }, gateway.call));
      const outcomes = await Promise.all(calls);
      told.push(...outcomes);
      return outcomes;
    };
    const countIn = () => told.filter((outcome) => outcome === "in").length;

    await ask(1);
    assert.equal(countIn(), size);
    while (gateways.some(({ known }) => known.gateways < size)) await turn();

    await server.stop("kill");
    const away = await ask(limit);
    assert.equal(countIn(), limit, "a third each, with what was let in before");
    const refused = away.filter((outcome) => outcome !== "in");
    assert.ok(refused.every((message) => message.includes("database of rates does not answer")));

    await server.start();
    // What counted is lost there with the crash; the gateways tell it again.
    let last: readonly string[] = [];
    while (!last.some((message) => message.includes("allows 12 requests a minute"))) {
      last = await ask(1);
      await turn();
    }
    await ask(limit);
    assert.equal(countIn(), limit);
  });
});
