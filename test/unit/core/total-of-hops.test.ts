import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  type Hop,
  HopSchema,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { costOf, scaled } from "../../../server/core/money.ts";
import { totalOfHops } from "../../../server/core/total-of-hops.ts";
import { samplePrice } from "../../fakes/calls.ts";
import { sampleUsage } from "../../fakes/completion-events.ts";

const dearPrice = scaled(samplePrice, 2_000_000n);

/** An attempt that used these tokens, at the sample price. */
function hopOf(usage: Usage | undefined, price = samplePrice): Hop {
  return create(HopSchema, usage ? { usage, cost: costOf(usage, price) } : {});
}

/** The answer of an attempt: what the hop layer writes down twice. */
const answerOf = ({ usage, cost }: Hop) => ({ ...(usage && { usage }), ...(cost && { cost }) });

describe("totalOfHops", () => {
  it("leaves the answer of one attempt as it is, also behind attempts that used nothing", () => {
    const hop = hopOf(sampleUsage());
    for (const hops of [[], [hop], [hopOf(undefined), hop]]) {
      const total = totalOfHops(answerOf(hop), hops);
      assert.equal(total.usage, hop.usage);
      assert.equal(total.cost, hop.cost);
    }
  });

  it("adds up every count of every attempt", () => {
    const all = create(UsageSchema, {
      inputTokens: 1,
      outputTokens: 2,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 4,
      cacheWrite1hInputTokens: 5,
      reasoningTokens: 6,
      source: UsageSource.REPORTED,
    });
    const last = hopOf(all);
    const { usage } = totalOfHops(answerOf(last), [hopOf(all), hopOf(undefined), hopOf(all), last]);
    assert.deepEqual(
      usage,
      create(UsageSchema, {
        inputTokens: 3,
        outputTokens: 6,
        cacheReadInputTokens: 9,
        cacheWriteInputTokens: 12,
        cacheWrite1hInputTokens: 15,
        reasoningTokens: 18,
        source: UsageSource.REPORTED,
      }),
    );
  });

  it("is an estimate as soon as one of the counts is", () => {
    const estimated = { ...sampleUsage(), source: UsageSource.ESTIMATED };
    const last = hopOf(sampleUsage());
    const { usage } = totalOfHops(answerOf(last), [hopOf(estimated), last]);
    assert.equal(usage?.source, UsageSource.ESTIMATED);
  });

  it("adds up the money at each attempt's own price and names the price of the one that answered", () => {
    const first = hopOf(sampleUsage(8, 2), dearPrice);
    const last = hopOf(sampleUsage(8, 6));
    const { cost } = totalOfHops(answerOf(last), [first, last]);
    assert.ok(cost);
    assert.equal(cost.nanoUsd, 8n * 6000n + 2n * 30_000n + 8n * 3000n + 6n * 15_000n);
    assert.equal(cost.inputNanoUsd, 8n * 6000n + 8n * 3000n);
    assert.equal(cost.outputNanoUsd, 2n * 30_000n + 6n * 15_000n);
    assert.equal(cost.price, samplePrice);
    const parts = [cost.cacheReadNanoUsd, cost.cacheWriteNanoUsd, cost.inputNanoUsd];
    assert.equal(
      parts.reduce((sum, part) => sum + part, cost.outputNanoUsd),
      cost.nanoUsd,
    );
  });

  it("names no cost where the attempt that answered has no price", () => {
    const last = create(HopSchema, { usage: sampleUsage() });
    const { usage, cost } = totalOfHops(answerOf(last), [hopOf(sampleUsage()), last]);
    assert.equal(usage?.inputTokens, 16);
    assert.equal(cost, undefined);
  });
});
