import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isGatewayCallError } from "../../../client/sdk/node.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { type BudgetGateways, startBudgetGateways } from "./budget-gateways.ts";
import { claude, dailyBudget } from "./budget-stage.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** The long form is the one that is promised: long enough for what gateways hold to run out. */
const outageMs = isLong ? 20_000 : 2000;

/** Recovery may take so long. */
const patienceMs = 20_000;

describe(`a budget over PostgreSQL that is gone for ${outageMs / 1000} s`, () => {
  let server: PostgresServer;
  let gateways: BudgetGateways;
  before(async () => {
    server = await startPostgresServer();
    const AXONFLOW_DATABASE_URL = await server.createDatabase();
    // In compliance mode no call is made without PostgreSQL.
    const store = { AXONFLOW_DATABASE_URL, AXONFLOW_AUDIT_MODE: "performance" };
    gateways = await startBudgetGateways({ yaml: dailyBudget(100), store, size: 2 });
  });
  after(async () => {
    await gateways?.close();
    await server?.close();
  });

  const ask = async (place: number): Promise<string> => {
    try {
      await gateways
        .client(place)
        .complete({ prompt: "Write 5 words.", model: claude, maxTokens: 50 });
      return "whole";
    } catch (error) {
      return isGatewayCallError(error) ? (error.reason ?? String(error.code)) : String(error);
    }
  };
  const askBoth = async () => (await Promise.all([ask(0), ask(1)])).flat();
  /** Until a number of milliseconds has passed, or what came says so. */
  const askFor = async (durationMs: number, isOver = (_: readonly string[]) => false) => {
    const outcomes: string[] = [];
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs && !isOver(outcomes)) {
      outcomes.push(...(await askBoth()));
      await sleep(50);
    }
    return outcomes;
  };
  const isWhole = (outcome: string | undefined) => outcome === "whole";
  /** Gateways tell of their calls within a second or so. */
  const untilRecorded = async (calls: number) => {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      const { total } = await gateways.client(0).usage.query();
      if (total?.calls === BigInt(calls) || performance.now() > endMs) return total;
      await sleep(100);
    }
  };

  it("lets calls go on within what gateways hold, refuses them by name when that has run out, and is back by itself", async (t) => {
    const calm = await askFor(500);
    assert.deepEqual(new Set(calm), new Set(["whole"]));
    await server.stop();
    const outage = await askFor(outageMs);
    await server.start();
    const recovery = await askFor(
      patienceMs,
      (outcomes) => outcomes.length >= 4 && outcomes.slice(-4).every(isWhole),
    );
    const after = await askFor(1000);

    const refusals = outage.filter((outcome) => outcome !== "whole");
    t.diagnostic(
      `${calm.length} calls before, ${outage.length - refusals.length} within the outage, ${refusals.length} refused`,
    );
    assert.ok(
      outage.slice(0, 10).every((outcome) => outcome === "whole"),
      "calls go on",
    );
    assert.deepEqual(new Set(refusals), new Set(isLong ? ["LEDGER_UNAVAILABLE"] : []));
    assert.deepEqual(new Set(after), new Set(["whole"]));
    const served = [calm, outage, recovery, after].flat().filter(isWhole);
    const total = await untilRecorded(served.length);
    const [account] = await gateways.client(0).usage.listBudgets();
    assert.equal(total?.calls, BigInt(served.length), "each call that was served left its record");
    assert.equal(total?.costNanoUsd, account?.spentNanoUsd);
  });
});
