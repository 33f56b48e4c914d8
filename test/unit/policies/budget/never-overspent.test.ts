import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { HopReason, ServiceTier } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, RoutedCall } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Handler } from "../../../../server/core/layer.ts";
import { attemptBudget } from "../../../../server/policies/budget/attempt-budget.ts";
import { budget } from "../../../../server/policies/budget/budget.ts";
import { worstCase } from "../../../../server/policies/budget/worst-case.ts";
import { policiesOf, sampleBudget, sampleFunding } from "../../../fakes/budgets.ts";
import { sampleEndpoint, sampleRequest, sampleRoutedCall } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../../fakes/completion-events.ts";
import { scriptedReply } from "../../../fakes/scripted-handler.ts";

const usualTier = () => ServiceTier.UNSPECIFIED;
const endpoint = sampleEndpoint();
const shares = { min: 0, max: 1, noNaN: true } as const;

/** How one attempt ends; `share` is how much of what is possible it uses. */
const ending = fc.record({
  kind: fc.constantFrom("whole", "billed", "free", "unsent", "silent", "broken"),
  share: fc.double(shares),
});

const call = fc.record({
  endings: fc.array(ending, { minLength: 1, maxLength: 4 }),
  maxTokens: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }),
  delivery: fc.constantFrom("unary" as const, "stream" as const),
  /** After how many events its caller leaves. */
  leavesAfter: fc.constantFrom(0, 1, 9),
});

type Ending = typeof ending extends fc.Arbitrary<infer T> ? T : never;

/** A provider that uses what it can of what it was allowed. */
function provider(endings: readonly Ending[], billed: { nanoUsd: bigint }): Handler<Attempt> {
  let asked = 0;
  return async (attempt) => {
    const { kind, share } = endings[Math.min(asked++, endings.length - 1)] ?? assert.fail();
    const worst = worstCase(attempt.endpoint, { request: attempt.request, usualTier });
    if (!worst) return assert.fail();
    const usage = sampleUsage(
      Math.floor(worst.promptTokens * share),
      Math.floor(worst.outputTokens * share),
    );
    const fail = (reason: ErrorReason, told = {}) =>
      new GatewayError(Code.Unavailable, reason, kind, told);
    const costNanoUsd = BigInt(usage.inputTokens) * 3000n + BigInt(usage.outputTokens) * 15_000n;
    if (kind === "unsent") throw fail(ErrorReason.CIRCUIT_OPEN);
    if (kind === "free") throw fail(ErrorReason.PROVIDER_THROTTLED);
    // Streams that nobody reads to the end are charged by what was streamed, which is the gateway's word alone.
    if (kind !== "silent" || attempt.delivery === "unary") billed.nanoUsd += costNanoUsd;
    if (kind === "billed") throw fail(ErrorReason.PROVIDER_UNAVAILABLE, { usage });
    if (kind === "silent") throw fail(ErrorReason.PROVIDER_TIMEOUT);
    if (kind === "whole") return scriptedReply(completedEvent({ usage }));
    return scriptedReply(textEvent("x"), {
      error: fail(ErrorReason.PROVIDER_UNAVAILABLE, { usage }),
    });
  };
}

function handlerOf(
  endings: readonly Ending[],
  funding: ReturnType<typeof sampleFunding>,
  limit: bigint,
) {
  const billed = { nanoUsd: 0n };
  const policy = sampleBudget({
    limits: [{ period: "day", rolling: false, limitNanoUsd: limit }],
  });
  const attempts = attemptBudget({ usualTier }).wrap(provider(endings, billed));
  const trying: Handler<RoutedCall> = async (call) => {
    for (let number = 1; ; number++) {
      try {
        return await attempts({ ...call, endpoint, number, reason: HopReason.FIRST });
      } catch (error) {
        if (number >= endings.length) throw error;
      }
    }
  };
  const options = { ...funding, policiesFor: policiesOf(policy), routeTo: () => assert.fail() };
  return { handle: budget(options).wrap(trying), billed };
}

describe("whatever becomes of calls and their attempts", () => {
  it("the budget is never overspent, each hold is settled or released once, and records add up to the ledger", async () => {
    const property = fc.asyncProperty(
      fc.array(call, { minLength: 1, maxLength: 12 }),
      fc.bigInt({ min: 1_000_000n, max: 200_000_000n }),
      async (calls, limit) => {
        const funding = sampleFunding();
        const { ledger, watch } = funding;
        let billedNanoUsd = 0n;
        let isAnyLeft = false;
        const run = async (
          { endings, maxTokens, delivery, leavesAfter }: (typeof calls)[number],
          index: number,
        ) => {
          const request = sampleRequest(maxTokens === undefined ? {} : { maxTokens });
          const { handle, billed } = handlerOf(endings, funding, limit);
          const asked = sampleRoutedCall([endpoint], { id: `call-${index}`, request, delivery });
          try {
            const { events } = await handle(asked);
            let read = 0;
            if (leavesAfter === 0) {
              isAnyLeft = true;
              await events[Symbol.asyncIterator]().return?.();
            } else
              for await (const _ of events) {
                if (++read < leavesAfter) continue;
                isAnyLeft ||= delivery === "stream";
                break;
              }
          } catch (error) {
            assert.ok(error instanceof GatewayError, String(error));
          }
          billedNanoUsd += billed.nanoUsd;
        };
        // Half of them at once.
        const half = Math.ceil(calls.length / 2);
        await Promise.all(calls.slice(0, half).map(run));
        for (const [index, each] of calls.slice(half).entries()) await run(each, half + index);

        const spent = ledger.spent("daily/day/gateway");
        assert.ok(spent <= limit, `spent ${spent} of ${limit}`);
        assert.equal(ledger.open, 0);
        assert.ok(!ledger.steps.some((step) => step.endsWith("again")), `${ledger.steps}`);
        const sum = ledger.records.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0n);
        assert.equal(sum, spent);
        assert.equal(new Set(ledger.records.map(({ id }) => id)).size, ledger.records.length);
        assert.deepEqual(
          watch.told.filter((line) => line.startsWith("overran")),
          [],
        );
        if (!isAnyLeft) assert.ok(billedNanoUsd <= spent, `billed ${billedNanoUsd} of ${spent}`);
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });
});
