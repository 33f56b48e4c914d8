import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { UsageSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Price, PriceSchema } from "../../../gen/axonflow/gateway/v1/money_pb.ts";
import { costOf } from "../../../server/core/money.ts";
import { samplePrice } from "../../fakes/calls.ts";
import { sampleUsage } from "../../fakes/completion-events.ts";

const million = 1_000_000n;
const largestInt32 = 2 ** 31 - 1;
const tokens = fc.integer({ min: 0, max: largestInt32 });
const nanoUsd = fc.bigInt({ min: 0n, max: 10n ** 15n });

const usages = fc
  .record({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadInputTokens: tokens,
    cacheWriteInputTokens: tokens,
    // More than were written at all must not be charged twice, whatever a provider says.
    cacheWrite1hInputTokens: tokens,
    reasoningTokens: tokens,
  })
  .map((usage) => create(UsageSchema, usage));
const prices = fc
  .record({
    inputNanoUsdPerMillionTokens: nanoUsd,
    outputNanoUsdPerMillionTokens: nanoUsd,
    cacheReadNanoUsdPerMillionTokens: nanoUsd,
    cacheWriteNanoUsdPerMillionTokens: nanoUsd,
    cacheWrite1hNanoUsdPerMillionTokens: nanoUsd,
  })
  .map((price) => create(PriceSchema, price));

const cost = (change: MessageInitShape<typeof UsageSchema>, price: Price) =>
  costOf(create(UsageSchema, change), price).nanoUsd;

describe("costOf", () => {
  it("prices the guide's question", () => {
    assert.equal(costOf(sampleUsage(8, 6), samplePrice).nanoUsd, 8n * 3000n + 6n * 15_000n);
  });

  it("tells the price that was applied", () => {
    assert.equal(costOf(sampleUsage(), samplePrice).price, samplePrice);
  });

  it("costs nothing for no tokens, and at least a nano-dollar for one that has a price", () => {
    const cheapest = create(PriceSchema, { inputNanoUsdPerMillionTokens: 1n });
    assert.equal(cost({}, samplePrice), 0n);
    assert.equal(cost({ inputTokens: 1 }, cheapest), 1n);
    assert.equal(cost({ inputTokens: 1_000_000 }, cheapest), 1n);
    assert.equal(cost({ inputTokens: 1_000_001 }, cheapest), 2n);
  });

  it("prices cache tokens like input where the model has no cache price", () => {
    const input = cost({ inputTokens: 1000 }, samplePrice);
    assert.equal(cost({ cacheReadInputTokens: 1000 }, samplePrice), input);
    assert.equal(cost({ cacheWriteInputTokens: 1000 }, samplePrice), input);
    const free = create(PriceSchema, { ...samplePrice, cacheReadNanoUsdPerMillionTokens: 0n });
    assert.equal(cost({ cacheReadInputTokens: 1000 }, free), 0n, "free is a price");
  });

  it("is exact where a float is not", () => {
    const price = create(PriceSchema, { inputNanoUsdPerMillionTokens: 9_007_199_254_740_993n });
    assert.equal(cost({ inputTokens: 1_000_000 }, price), 9_007_199_254_740_993n);
    assert.equal(
      cost({ inputTokens: largestInt32 }, price),
      (2_147_483_647n * 9_007_199_254_740_993n + million - 1n) / million,
    );
  });

  it("prices what is cached for an hour apart from what is cached for minutes", () => {
    const price = create(PriceSchema, {
      ...samplePrice,
      cacheWriteNanoUsdPerMillionTokens: 4_000_000n,
      cacheWrite1hNanoUsdPerMillionTokens: 7_000_000n,
    });
    const written = { cacheWriteInputTokens: 10 };
    assert.equal(cost({ ...written, cacheWrite1hInputTokens: 0 }, price), 40n);
    assert.equal(cost({ ...written, cacheWrite1hInputTokens: 3 }, price), 28n + 21n);
    assert.equal(cost({ ...written, cacheWrite1hInputTokens: 99 }, price), 70n, "at most all");
    const fiveMinutes = create(PriceSchema, { ...price });
    delete fiveMinutes.cacheWrite1hNanoUsdPerMillionTokens;
    assert.equal(cost({ ...written, cacheWrite1hInputTokens: 3 }, fiveMinutes), 40n);
  });

  it("has reasoning in its output already", () => {
    const usage = { outputTokens: 100 };
    assert.equal(cost({ ...usage, reasoningTokens: 90 }, samplePrice), cost(usage, samplePrice));
  });

  it("is the exact rational, rounded up once by less than a nano-dollar", () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const hour = Math.min(usage.cacheWrite1hInputTokens, usage.cacheWriteInputTokens);
        const exact =
          BigInt(usage.inputTokens) * price.inputNanoUsdPerMillionTokens +
          BigInt(usage.outputTokens) * price.outputNanoUsdPerMillionTokens +
          BigInt(usage.cacheReadInputTokens) * (price.cacheReadNanoUsdPerMillionTokens ?? 0n) +
          BigInt(usage.cacheWriteInputTokens - hour) *
            (price.cacheWriteNanoUsdPerMillionTokens ?? 0n) +
          BigInt(hour) * (price.cacheWrite1hNanoUsdPerMillionTokens ?? 0n);
        const rounding = costOf(usage, price).nanoUsd * million - exact;
        assert.ok(rounding >= 0n && rounding < million);
      }),
    );
  });

  it("is the sum of its parts, none of them negative, each less than a nano-dollar off", () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const whole = costOf(usage, price);
        const { inputNanoUsd, outputNanoUsd, cacheReadNanoUsd, cacheWriteNanoUsd } = whole;
        const parts = [inputNanoUsd, outputNanoUsd, cacheReadNanoUsd, cacheWriteNanoUsd];
        assert.equal(
          parts.reduce((sum, part) => sum + part, 0n),
          whole.nanoUsd,
        );
        assert.ok(parts.every((part) => part >= 0n));
        const exact = BigInt(usage.outputTokens) * price.outputNanoUsdPerMillionTokens;
        const rounding = outputNanoUsd * million - exact;
        assert.ok(rounding > -million && rounding < million);
      }),
    );
  });

  it("never falls when more tokens are used", () => {
    const names = [
      "inputTokens",
      "outputTokens",
      "cacheReadInputTokens",
      "cacheWriteInputTokens",
    ] as const;
    fc.assert(
      fc.property(usages, prices, fc.constantFrom(...names), tokens, (usage, price, name, more) => {
        const larger = create(UsageSchema, { ...usage, [name]: Math.max(usage[name], more) });
        assert.ok(costOf(larger, price).nanoUsd >= costOf(usage, price).nanoUsd);
      }),
    );
  });
});
