import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type BudgetState, isGatewayCallError } from "../../../client/sdk/node.ts";
import { Role, ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { worstWith } from "../../../server/policies/budget/worst-case.ts";
import { sampleRequest, textBlock } from "../../fakes/calls.ts";
import { bedrockIn, routedWorld } from "../../fakes/routed-world.ts";
import { type PostgresServer, startPostgresServer } from "../storage/postgres-server.ts";
import { type BudgetGateways, startBudgetGateways } from "./budget-gateways.ts";
import { load, type Outcome } from "./budget-load.ts";
import { billedBy, claude, dailyBudget } from "./budget-stage.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** The long form is the one that is promised. */
const { calls, waves } = isLong ? { calls: 1000, waves: 6 } : { calls: 100, waves: 2 };

/** Calls end by then; what died with its gateway is charged a few seconds later. */
const timeoutMs = 5000;

interface Store {
  readonly name: string;
  readonly size: number;
  open(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

function sqlite(): Store {
  const folder = mkdtempSync(join(tmpdir(), "axonflow-budget-"));
  return {
    name: "SQLite and one gateway",
    size: 1,
    open: async () => ({ AXONFLOW_DATA_DIR: mkdtempSync(join(folder, "data-")) }),
    close: async () => rmSync(folder, { recursive: true }),
  };
}

function postgres(): Store {
  let server: PostgresServer | undefined;
  return {
    name: "PostgreSQL and four gateways",
    size: 4,
    async open() {
      server ??= await startPostgresServer();
      return { AXONFLOW_DATABASE_URL: await server.createDatabase() };
    },
    close: async () => server?.close(),
  };
}

const isRefusal = (outcome: Outcome) => outcome === "BUDGET_EXCEEDED";

/** What a gateway in one region sets aside for a call. */
function worstOf(prompt: string, maxTokens: number): bigint {
  const message = { role: Role.USER, content: [textBlock(prompt)] };
  const request = sampleRequest({ messages: [message], maxTokens });
  const { endpoints } = routedWorld({ places: [bedrockIn("us-east-1")] });
  const usualTier = () => ServiceTier.UNSPECIFIED;
  return worstWith(endpoints({ model: claude }), { request, usualTier });
}

/** Undefined until somebody has spent. */
async function findAccount(gateways: BudgetGateways): Promise<BudgetState | undefined> {
  const [account] = await gateways.client(0).usage.listBudgets();
  return account;
}

async function accountOf(gateways: BudgetGateways): Promise<BudgetState> {
  return (await findAccount(gateways)) ?? assert.fail("nothing was spent");
}

/** Until so many more calls are at the provider, or all have ended. */
async function untilAsked(
  { emulator }: BudgetGateways,
  calls: number,
  loading: Promise<unknown>,
): Promise<void> {
  const before = emulator.requests.length;
  let isOver = false;
  void loading.then(() => {
    isOver = true;
  });
  while (!isOver && emulator.requests.length < before + calls) await sleep(5);
}

async function recorded(gateways: BudgetGateways): Promise<bigint> {
  const { total } = await gateways.client(0).usage.query();
  return total?.costNanoUsd ?? 0n;
}

const small = { prompt: "Write 40 words.", model: claude, maxTokens: 40, leastMaxTokens: 40 };

/**
 * One small call after the other, until there is room for none. A gateway that is starved of its processor may refuse once
 * although another one has room; asked again, it does not.
 */
async function fillUp(gateways: BudgetGateways): Promise<void> {
  gateways.emulator.setPacing({});
  const worst = worstOf(small.prompt, small.maxTokens);
  const endMs = performance.now() + 60_000;
  for (let place = 0; performance.now() < endMs; place = (place + 1) % gateways.size) {
    try {
      await gateways.client(place).complete(small);
    } catch (error) {
      assert.ok(isGatewayCallError(error, "BUDGET_EXCEEDED"), String(error));
      const { limitNanoUsd, spentNanoUsd } = await untilSettled(gateways);
      if (limitNanoUsd - spentNanoUsd < worst) return;
    }
  }
}

/** Waits until no hold is left: those of the dead are recovered, and the others settled. */
async function untilSettled(gateways: BudgetGateways): Promise<BudgetState> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    const account = await accountOf(gateways);
    const isEven = account.spentNanoUsd === (await recorded(gateways));
    if (account.reservedNanoUsd === 0n && isEven) return account;
    if (performance.now() > endMs) assert.fail(`${account.reservedNanoUsd} are held for ever`);
    await sleep(100);
  }
}

for (const store of [sqlite(), postgres()]) {
  describe(`a budget over ${store.name}`, () => {
    let gateways: BudgetGateways | undefined;
    const start = async (dollars: number) => {
      const yaml = dailyBudget(dollars);
      gateways = await startBudgetGateways({ yaml, store: await store.open(), size: store.size });
      return gateways;
    };
    after(async () => {
      await gateways?.close();
      await store.close();
    });

    it(`is never overspent by ${calls} calls at once, ${waves} times, while gateways are killed`, async (t) => {
      const dollars = isLong ? 1.2 : 0.12;
      const limitNanoUsd = BigInt(dollars * 1e9);
      const started = await start(dollars);
      const outcomes: Outcome[] = [];
      for (let wave = 0; wave < waves; wave++) {
        const clients = Array.from({ length: started.size }, (_, place) => () => {
          return started.client(place);
        });
        const loading = load({ clients, calls, mostWords: 100, seed: wave + 1, timeoutMs });
        if (wave > 0) {
          await untilAsked(started, 10, loading);
          await started.replace(wave % started.size);
        }
        outcomes.push(...(await loading).outcomes);
        const { spentNanoUsd, reservedNanoUsd } = await accountOf(started);
        assert.ok(spentNanoUsd + reservedNanoUsd <= limitNanoUsd, "at no moment");
      }
      await untilSettled(started);
      await fillUp(started);
      const { spentNanoUsd } = await untilSettled(started);
      const billedNanoUsd = billedBy(started.emulator);
      const counts = Object.fromEntries(
        [...Map.groupBy(outcomes, (outcome) => outcome)].map(([name, all]) => [name, all.length]),
      );
      t.diagnostic(
        `limit ${limitNanoUsd}, spent ${spentNanoUsd}, billed ${billedNanoUsd}; ${JSON.stringify(counts)}`,
      );
      assert.ok(spentNanoUsd <= limitNanoUsd, `${spentNanoUsd} of ${limitNanoUsd}`);
      assert.ok(billedNanoUsd <= spentNanoUsd, `${billedNanoUsd} billed, ${spentNanoUsd} charged`);
      const left = limitNanoUsd - spentNanoUsd;
      assert.ok(left < worstOf(small.prompt, small.maxTokens), `${left} cannot be spent`);
      assert.ok(outcomes.some((outcome) => outcome === "whole"));
      assert.ok(outcomes.some(isRefusal), "there was not room for all");
      assert.equal(await recorded(started), spentNanoUsd, "records add up to the ledger");
      await gateways?.close();
      gateways = undefined;
    });

    it("lets exactly as many calls in as fit", async (t) => {
      const maxTokens = 100;
      const prompt = "Write 100 words.";
      const worst = worstOf(prompt, maxTokens);
      const fitting = isLong ? 40 : 12;
      const asked = isLong ? 400 : 60;
      const dollars = Number((worst * BigInt(2 * fitting + 1)) / 2n) / 1e9;
      const started = await start(dollars);
      started.emulator.setPacing({ pauseAfterTokens: 1 });
      const streams = Array.from({ length: asked }, async (_, index) => {
        const client = started.client(index % started.size);
        const whole = { prompt, model: claude, maxTokens, leastMaxTokens: maxTokens };
        try {
          await client.stream(whole).text();
          return "whole";
        } catch (error) {
          return (error as { reason?: string }).reason ?? String(error);
        }
      });
      let refused = 0;
      const settled = Promise.all(
        streams.map((each) => each.then((end) => isRefusal(end) && refused++)),
      );
      // All that were let in wait; all others have been refused.
      const held = async () =>
        Number(((await findAccount(started))?.reservedNanoUsd ?? 0n) / worst);
      while (refused + (await held()) < asked) await sleep(50);
      t.diagnostic(`${asked - refused} of ${asked} calls were let in, and ${fitting} fit`);
      assert.equal(await held(), fitting);
      started.emulator.setPacing({});
      started.emulator.release();
      await settled;
      const outcomes = await Promise.all(streams);
      assert.equal(outcomes.filter((outcome) => outcome === "whole").length, fitting);
      assert.equal(outcomes.filter(isRefusal).length, asked - fitting);
    });
  });
}
