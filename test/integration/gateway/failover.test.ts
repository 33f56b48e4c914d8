import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { costOf } from "../../../server/core/money.ts";
import { hopWords } from "../../fakes/hop-words.ts";
import { createAsker } from "./failure-asker.ts";
import { startTwoRegions, type TwoRegions } from "./two-regions.ts";

let regions: TwoRegions | undefined;
afterEach(() => regions?.close());

async function start(env: Readonly<Record<string, string>> = {}) {
  regions = await startTwoRegions(env);
  const [first, second] = regions.emulators;
  return { first, second, gateway: regions.gateway, ask: createAsker(regions.gateway) };
}

const stall = { action: { kind: "stall", at: "response" } } as const;

describe("failover between regions", () => {
  it("keeps enough of a short deadline for the second region", async () => {
    const { first, ask } = await start();
    first.addFault(stall);
    const deliveries = ["unary", "stream"] as const;
    const both = deliveries.map((delivery) => ask(delivery, { timeoutMs: 4000 }));
    for (const { outcome, told } of await Promise.all(both)) {
      assert.equal(outcome, "answer");
      assert.deepEqual(told.map(hopWords), [
        "FIRST us-east-1 FAILED PROVIDER_TIMEOUT",
        "FAILOVER us-west-2 SUCCEEDED",
      ]);
    }
  });

  it("does not hold a caller's hurry against a region", async () => {
    const { first, ask, gateway } = await start({ AXONFLOW_CIRCUIT_FAILURES: "1" });
    first.addFault(stall);
    for (let call = 0; call < 3; call++) await ask("unary", { timeoutMs: 200 });
    const circuits = gateway.app.endpoints.all().map(({ circuit }) => circuit);
    assert.equal(circuits[0], "closed");
  });

  it("moves on at once when the first region throttles and asks for a long wait", async () => {
    const { first, ask } = await start();
    const exception = "ThrottlingException";
    first.addFault({ action: { kind: "exception", exception, retryAfterSeconds: 3600 } });
    const { outcome, told } = await ask("unary");
    assert.equal(outcome, "answer");
    assert.equal(told.length, 2);
  });

  it("tells a caller whom both regions throttle when to come back, and does not wait an hour itself", async () => {
    const { first, second, ask } = await start();
    for (const [emulator, retryAfterSeconds] of [
      [first, 3600],
      [second, 1800],
    ] as const) {
      const exception = "ThrottlingException";
      emulator.addFault({ action: { kind: "exception", exception, retryAfterSeconds } });
    }
    const { outcome, retryAfterMs, hops } = await ask("unary");
    assert.equal(outcome, "ResourceExhausted PROVIDER_THROTTLED");
    assert.equal(retryAfterMs, 1_800_000);
    assert.equal(hops.length, 2);
  });

  it("asks no other region when the call says so", async () => {
    const { first, second, ask } = await start({ AXONFLOW_TRIES_PER_ENDPOINT: "1" });
    first.addFault({ action: { kind: "reset", at: "response" } });
    const { outcome } = await ask("unary", { disableFailover: true });
    assert.equal(outcome, "Unavailable PROVIDER_UNAVAILABLE");
    assert.equal(second.requests.length, 0);
  });
});

describe("hedging between regions", () => {
  it("asks the second region when the first one is late, and counts what the loser cost", async () => {
    const { first, second, ask } = await start({
      AXONFLOW_HEDGE_PERCENTILE: "95",
      AXONFLOW_HEDGE_BUDGET_PERCENT: "100",
    });
    for (let call = 0; call < 5; call++) assert.equal((await ask("unary")).hops.length, 1);
    assert.equal(second.requests.length, 0, "nobody was late");
    first.addFault(stall);
    const { outcome, told, answer } = await ask("unary");
    assert.equal(outcome, "answer");
    assert.deepEqual(told.map(hopWords), [
      "FIRST us-east-1 CANCELLED CANCELLED",
      "HEDGE us-west-2 SUCCEEDED",
    ]);
    await first.journal.waitFor(({ kind, by }) => kind === "aborted" && by === "peer");
    const [lost, won] = told;
    assert.equal(lost?.usage?.source, UsageSource.ESTIMATED);
    assert.equal(answer?.usage?.source, UsageSource.ESTIMATED);
    const tokens = (lost?.usage?.inputTokens ?? 0) + (won?.usage?.inputTokens ?? 0);
    assert.equal(answer?.usage?.inputTokens, tokens);
    assert.equal(answer?.cost?.nanoUsd, (lost?.cost?.nanoUsd ?? 0n) + (won?.cost?.nanoUsd ?? 0n));
    const price = won?.cost?.price;
    assert.ok(price && won.usage);
    assert.deepEqual(answer?.cost?.price, price);
    assert.equal(won.cost?.nanoUsd, costOf(won.usage, price).nanoUsd);
  });
});
