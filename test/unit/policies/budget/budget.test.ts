import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Reply } from "../../../../server/core/reply.ts";
import { usd } from "../../../fakes/budgets.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";

import {
  answerNanoUsd,
  answers,
  callOf,
  completedOf,
  endpoint,
  limited,
  refusal,
  stage,
  worstNanoUsd,
} from "./budget-stage.ts";

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
