import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  type Completed,
  HopReason,
  ServiceTier,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Call, Endpoint, RoutedCall } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Handler } from "../../../../server/core/layer.ts";
import type { BudgetPolicy } from "../../../../server/core/policy.ts";
import type { Reply } from "../../../../server/core/reply.ts";
import { attemptBudget } from "../../../../server/policies/budget/attempt-budget.ts";
import { budget } from "../../../../server/policies/budget/budget.ts";
import { worstCase } from "../../../../server/policies/budget/worst-case.ts";
import { policiesOf, sampleBudget, sampleFunding, usd } from "../../../fakes/budgets.ts";
import { sampleEndpoint, sampleRequest, sampleRoutedCall } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../../fakes/completion-events.ts";
import { scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

const usualTier = () => ServiceTier.UNSPECIFIED;
const request = sampleRequest({ maxTokens: 1000 });
const endpoint = sampleEndpoint();
/** 8 tokens in and 6 out, at 3 and 15 USD a million. */
const answerNanoUsd = 8n * 3000n + 6n * 15_000n;
const worstNanoUsd = worstCase(endpoint, { request, usualTier })?.nanoUsd ?? assert.fail();

/** The two layers of money over providers that answer by a script, each endpoint of the route in turn. */
function stage(providers: Handler<Attempt>, ...policies: readonly BudgetPolicy[]) {
  const funding = sampleFunding();
  const route = { endpoints: [sampleEndpoint({ model: "cheap" })] } as const;
  const routed: Call[] = [];
  const layer = budget({
    ...funding,
    policiesFor: policiesOf(...policies),
    routeTo(call) {
      routed.push(call);
      if (call.request.model === "forbidden") throw new Error("not for this key");
      return route;
    },
  });
  const oneByOne: Handler<RoutedCall> = async (call) => {
    let failure: unknown;
    for (const [index, endpoint] of call.route.endpoints.entries()) {
      const attempt = { ...call, endpoint, number: index + 1, reason: HopReason.FIRST };
      try {
        return await attemptBudget({ usualTier }).wrap(providers)(attempt);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
  return { ...funding, routed, handle: layer.wrap(oneByOne) };
}

const answers = () => {
  const good = () => scriptedReply(textEvent("Paris."), completedEvent());
  return scriptedHandler<Attempt>(good(), good());
};

async function completedOf(reply: Reply): Promise<Completed> {
  for await (const event of reply.events) if (event.case === "completed") return event.value;
  return assert.fail("no end");
}

async function refusal(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    return GatewayError.from(error);
  }
  return assert.fail("it was served");
}

const callOf = (endpoints: readonly [Endpoint, ...Endpoint[]] = [endpoint], change = {}) =>
  sampleRoutedCall(endpoints, { request, ...change });

const limited = (nanoUsd: bigint, change: Partial<BudgetPolicy> = {}) =>
  sampleBudget({
    limits: [{ period: "day", rolling: false, limitNanoUsd: nanoUsd }],
    ...change,
  });

describe("the money of a call", () => {
  it("is set aside at its worst, started before the provider is asked, and settled at what it took", async () => {
    const steps: string[] = [];
    const { ledger, handle } = stage(
      async (attempt) => {
        steps.push(...ledger.steps, `asked with ${ledger.open} open`);
        return answers().handle(attempt);
      },
      limited(usd(1)),
    );
    await completedOf(await handle(callOf()));
    assert.deepEqual(steps, ["start", "asked with 1 open"]);
    assert.deepEqual(ledger.steps, ["start", "settle"]);
    assert.equal(ledger.spent("daily/day/gateway"), answerNanoUsd);
    assert.equal(ledger.open, 0);
  });
  it("is settled before the caller has the end of the answer, so that its next call finds the room", async () => {
    const { ledger, handle } = stage(answers().handle, limited(worstNanoUsd + answerNanoUsd));
    const first = await handle(callOf());
    for await (const event of first.events) {
      if (event.case === "completed") assert.equal(ledger.open, 0);
    }
    const second = await handle(callOf());
    assert.equal((await completedOf(second)).clampedMaxTokens, undefined);
  });
  it("leaves a record of each call, whether or not a budget is about it", async () => {
    const { ledger, handle } = stage(answers().handle);
    const tags = { team: "search" };
    const change = { principal: { name: "ci", tenant: "acme" }, request: sampleRequest({ tags }) };
    await completedOf(await handle(callOf([endpoint], change)));
    assert.deepEqual(ledger.records, [
      {
        id: callOf().id,
        kind: "call",
        epochMs: Date.parse("2026-11-23T12:00:00Z"),
        key: "ci",
        tenant: "acme",
        tags,
        provider: "bedrock",
        region: "us-east-1",
        model: endpoint.model,
        inputTokens: 8,
        outputTokens: 6,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
        costNanoUsd: answerNanoUsd,
        isPriced: true,
        attempts: 1,
        succeeded: true,
      },
    ]);
  });
  it("is released where nothing was sent", async () => {
    const open = new GatewayError(Code.Unavailable, ErrorReason.CIRCUIT_OPEN, "open");
    const { ledger, handle } = stage(
      scriptedHandler<Attempt>({ throws: open }).handle,
      limited(1n << 60n),
    );
    await refusal(handle(callOf()));
    assert.equal(ledger.steps.at(-1), "release");
    assert.deepEqual(ledger.records, []);
  });
  it("adds up the attempts that were billed", async () => {
    const broken = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
      usage: sampleUsage(100, 50),
    });
    const providers = scriptedHandler<Attempt>({ throws: broken }, scriptedReply(completedEvent()));
    const { ledger, handle } = stage(providers.handle, limited(usd(1)));
    await completedOf(await handle(callOf([endpoint, sampleEndpoint({ region: "us-west-2" })])));
    const [record] = ledger.records;
    assert.equal(record?.costNanoUsd, answerNanoUsd + 100n * 3000n + 50n * 15_000n);
    assert.equal(record?.attempts, 2);
    assert.equal(record?.region, "us-west-2");
    assert.equal(ledger.steps.filter((step) => step === "settle").length, 1);
  });
  it("is extended for an attempt on top of billed ones, and not for one after a free failure", async () => {
    for (const usage of [sampleUsage(100, 50), undefined]) {
      const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
        usage,
      });
      const providers = scriptedHandler<Attempt>(
        { throws: error },
        scriptedReply(completedEvent()),
      );
      const { ledger, handle } = stage(providers.handle, limited(usd(1)));
      await completedOf(await handle(callOf([endpoint, endpoint])));
      assert.equal(ledger.steps.includes("extend"), usage !== undefined);
    }
  });
  it("does not make an attempt for which there is no room any more", async () => {
    const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
      usage: sampleUsage(100, 50),
    });
    const providers = scriptedHandler<Attempt>({ throws: error });
    const { ledger, handle, watch } = stage(providers.handle, limited(worstNanoUsd));
    const { reason, retry } = await refusal(handle(callOf([endpoint, endpoint])));
    assert.equal(reason, ErrorReason.BUDGET_EXCEEDED);
    assert.equal(retry, "other-endpoint");
    assert.equal(providers.calls.length, 1);
    assert.equal(ledger.open, 0);
    assert.ok(watch.told.includes("refused daily"));
  });
});

describe("a budget without room for all of a call", () => {
  it("shortens the answer to what it still buys, and says so", async () => {
    const providers = answers();
    const { handle, watch } = stage(providers.handle, limited(worstNanoUsd / 2n));
    const { clampedMaxTokens = 0 } = await completedOf(await handle(callOf()));
    assert.ok(clampedMaxTokens > 1 && clampedMaxTokens < 1000);
    assert.equal(providers.calls[0]?.request.maxTokens, clampedMaxTokens);
    assert.ok(watch.told.includes("clamped"));
  });
  it("never shortens it below what the caller takes at least", async () => {
    const providers = answers();
    const { handle } = stage(providers.handle, limited(worstNanoUsd / 2n));
    const least = sampleRequest({ maxTokens: 1000, leastMaxTokens: 900 });
    const { reason } = await refusal(handle(callOf([endpoint], { request: least })));
    assert.equal(reason, ErrorReason.BUDGET_EXCEEDED);
    assert.equal(providers.calls.length, 0);
  });
  it("never shortens it below a budget for reasoning", async () => {
    const { handle } = stage(answers().handle, limited(worstNanoUsd / 2n));
    const reasoned = sampleRequest({ maxTokens: 1100, reasoning: { budgetTokens: 1050 } });
    const { reason } = await refusal(handle(callOf([endpoint], { request: reasoned })));
    assert.equal(reason, ErrorReason.BUDGET_EXCEEDED);
  });
  it("refuses what does not even fit at its shortest, and says until when", async () => {
    const { handle, watch } = stage(answers().handle, limited(1000n));
    const error = await refusal(handle(callOf()));
    assert.equal(error.code, Code.ResourceExhausted);
    assert.equal(error.reason, ErrorReason.BUDGET_EXCEEDED);
    const { budget, account, limit_usd, window_end } = error.metadata;
    assert.deepEqual(
      { budget, account, limit_usd, window_end },
      {
        budget: "daily",
        account: "daily/day/gateway",
        limit_usd: "0.000001",
        window_end: "2026-11-24T00:00:00.000Z",
      },
    );
    assert.equal(error.retryAfterMs, 12 * 60 * 60 * 1000 - 1000);
    assert.deepEqual(watch.told, ["refused daily"]);
  });
  it("says to ask again in a moment where only calls under way hold the money", async () => {
    const providers = () => new Promise<Reply>(() => {});
    const { handle } = stage(providers, limited(worstNanoUsd));
    void handle(callOf());
    const error = await refusal(handle(callOf([endpoint], { id: "another" })));
    assert.equal(error.reason, ErrorReason.BUDGET_EXCEEDED);
    assert.equal(error.retryAfterMs, 1000);
  });
  it("lets a call pass that it only warns of, and counts it", async () => {
    const { handle, ledger } = stage(answers().handle, limited(1n, { action: { kind: "warn" } }));
    assert.equal((await completedOf(await handle(callOf()))).clampedMaxTokens, undefined);
    assert.equal(ledger.spent("daily/day/gateway"), answerNanoUsd);
  });
  it("does not refuse a fresh 25 dollars at the default limit, even for a dear model", async () => {
    const dear = sampleEndpoint({
      prices: {
        standard: {
          ...(endpoint.prices?.standard ?? assert.fail()),
          inputNanoUsdPerMillionTokens: 150_000_000_000n,
          outputNanoUsdPerMillionTokens: 600_000_000_000n,
        },
      },
    });
    const { handle } = stage(answers().handle, limited(usd(25)));
    const open = callOf([dear], { request: sampleRequest() });
    assert.equal((await completedOf(await handle(open))).clampedMaxTokens, undefined);
  });
  it("refuses a model whose price nobody knows, where it would hold", async () => {
    const unpriced = sampleEndpoint({ prices: undefined, model: "custom" });
    const error = await refusal(
      stage(answers().handle, limited(usd(1))).handle(callOf([endpoint, unpriced])),
    );
    assert.equal(error.reason, ErrorReason.MODEL_NOT_PRICED);
    assert.equal(error.code, Code.FailedPrecondition);
    assert.equal(error.metadata.model, "custom");
    for (const policies of [[], [limited(1n, { action: { kind: "warn" } })]]) {
      const { handle, ledger } = stage(answers().handle, ...policies);
      await completedOf(await handle(callOf([unpriced])));
      assert.deepEqual(
        ledger.records.map(({ costNanoUsd, isPriced }) => [costNanoUsd, isPriced]),
        [[0n, false]],
      );
    }
  });
});

describe("a budget that downgrades", () => {
  const downgrade = (model: string) => ({ action: { kind: "downgrade", model } as const });

  it("moves a call for which it has no room to the cheaper model, before it shortens it", async () => {
    const providers = answers();
    const budgets = [
      limited(worstNanoUsd / 2n, { ...downgrade("cheap"), scope: { kind: "model" } }),
    ];
    const { handle, watch } = stage(providers.handle, ...budgets);
    const dear = sampleRequest({ maxTokens: 1000, model: "dear" });
    const completed = await completedOf(await handle(callOf([endpoint], { request: dear })));
    assert.equal(completed.downgradedFrom, "dear");
    assert.equal(providers.calls[0]?.endpoint.model, "cheap");
    assert.ok(watch.told.includes("downgraded daily"));
  });
  it("shortens the call where the cheaper model may not be asked", async () => {
    const { handle } = stage(answers().handle, limited(worstNanoUsd / 2n, downgrade("forbidden")));
    const completed = await completedOf(await handle(callOf()));
    assert.equal(completed.downgradedFrom, "");
    assert.ok((completed.clampedMaxTokens ?? 0) > 1);
  });
  it("refuses where neither model fits, in the words of the budget", async () => {
    const { handle } = stage(answers().handle, limited(1000n, downgrade("cheap")));
    const { reason, metadata } = await refusal(handle(callOf()));
    assert.equal(reason, ErrorReason.BUDGET_EXCEEDED);
    assert.equal(metadata.budget, "daily");
  });
  it("leaves a call alone for which it has room", async () => {
    const { handle, routed } = stage(answers().handle, limited(usd(1), downgrade("cheap")));
    assert.equal((await completedOf(await handle(callOf()))).downgradedFrom, "");
    assert.deepEqual(routed, []);
  });
});

describe("a ledger that does not answer", () => {
  const silent = new GatewayError(Code.Unavailable, ErrorReason.LEDGER_UNAVAILABLE, "down");

  it("refuses calls that a budget holds", async () => {
    const providers = answers();
    const { handle, ledger } = stage(providers.handle, limited(usd(1)));
    ledger.failWith(silent);
    assert.equal((await refusal(handle(callOf()))).reason, ErrorReason.LEDGER_UNAVAILABLE);
    assert.equal(providers.calls.length, 0);
  });
  it("lets others pass, and says that nobody counted them", async () => {
    const { handle, ledger, watch } = stage(answers().handle);
    ledger.failWith(silent);
    await completedOf(await handle(callOf()));
    assert.ok(watch.told.includes("uncounted"));
  });
  it("keeps an attempt from being sent that it cannot write down", async () => {
    const providers = answers();
    const { handle, ledger } = stage(providers.handle, limited(usd(1)));
    ledger.failWith(silent, "start");
    assert.equal((await refusal(handle(callOf()))).reason, ErrorReason.LEDGER_UNAVAILABLE);
    assert.equal(providers.calls.length, 0);
    assert.equal(ledger.steps.at(-1), "release");
  });
});
