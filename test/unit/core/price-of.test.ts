import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ServiceTier, UsageSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Price, PriceSchema } from "../../../gen/axonflow/gateway/v1/money_pb.ts";
import { costOf, type PriceList, priceOf, scaled } from "../../../server/core/money.ts";
import { samplePrice } from "../../fakes/calls.ts";

const million = 1_000_000n;
const largestInt32 = 2 ** 31 - 1;
const usage = (init: MessageInitShape<typeof UsageSchema>) => create(UsageSchema, init);

const dear: Price = create(PriceSchema, {
  inputNanoUsdPerMillionTokens: 6_000_000_000n,
  outputNanoUsdPerMillionTokens: 22_500_000_000n,
});
const list: PriceList = {
  standard: samplePrice,
  longPrompt: { aboveTokens: 100_000, price: dear },
  tierFactorsPerMillion: new Map([
    [ServiceTier.FLEX, 500_000n],
    [ServiceTier.PRIORITY, 1_750_000n],
  ]),
};

describe("priceOf", () => {
  for (const [name, tokens, isLong] of [
    ["a short prompt", { inputTokens: 10 }, false],
    ["a prompt at the limit", { inputTokens: 100_000 }, false],
    ["a prompt above it", { inputTokens: 100_001 }, true],
    [
      "a prompt that is long by what it reads from the cache",
      { inputTokens: 1, cacheReadInputTokens: 100_000 },
      true,
    ],
    [
      "a prompt that is long by what it writes to the cache",
      { inputTokens: 1, cacheWriteInputTokens: 100_000 },
      true,
    ],
    ["a short prompt with a long answer", { inputTokens: 10, outputTokens: 500_000 }, false],
  ] as const) {
    it(`takes ${isLong ? "the long" : "the standard"} price for ${name}`, () => {
      const price = priceOf(list, usage(tokens), ServiceTier.UNSPECIFIED);
      assert.equal(price, isLong ? dear : samplePrice);
    });
  }

  for (const [name, input] of [
    ["UNSPECIFIED", 3_000_000_000n],
    ["DEFAULT", 3_000_000_000n],
    ["RESERVED", 3_000_000_000n],
    ["FLEX", 1_500_000_000n],
    ["PRIORITY", 5_250_000_000n],
  ] as const) {
    it(`multiplies for the tier ${name}`, () => {
      const price = priceOf(list, usage({ inputTokens: 1 }), ServiceTier[name]);
      assert.equal(price.inputNanoUsdPerMillionTokens, input);
    });
  }

  it("multiplies the price of long prompts too", () => {
    const price = priceOf(list, usage({ inputTokens: 200_000 }), ServiceTier.FLEX);
    assert.equal(price.inputNanoUsdPerMillionTokens, 3_000_000_000n);
    assert.equal(price.outputNanoUsdPerMillionTokens, 11_250_000_000n);
  });

  it("never makes a call cheaper by more tokens, where long prompts are dearer", () => {
    const tokens = fc.integer({ min: 0, max: 1_000_000 });
    const tiers = fc.constantFrom(ServiceTier.DEFAULT, ServiceTier.FLEX, ServiceTier.PRIORITY);
    fc.assert(
      fc.property(tokens, tokens, tokens, tiers, (inputTokens, more, outputTokens, tier) => {
        const [less, all] = [inputTokens, inputTokens + more].map((count) => {
          const counts = usage({ inputTokens: count, outputTokens });
          return costOf(counts, priceOf(list, counts, tier)).nanoUsd;
        });
        assert.ok(less !== undefined && all !== undefined && less <= all);
      }),
    );
  });
});

describe("scaled", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 14n });
  const factor = fc.bigInt({ min: 0n, max: 100n * million });

  it("multiplies every part that there is, rounded up by less than a nano-dollar", () => {
    fc.assert(
      fc.property(amount, amount, amount, factor, (input, output, cacheRead, by) => {
        const price = create(PriceSchema, {
          inputNanoUsdPerMillionTokens: input,
          outputNanoUsdPerMillionTokens: output,
          cacheReadNanoUsdPerMillionTokens: cacheRead,
          effectiveFrom: "2026-10-07",
        });
        const result = scaled(price, by);
        for (const [before, after] of [
          [input, result.inputNanoUsdPerMillionTokens],
          [output, result.outputNanoUsdPerMillionTokens],
          [cacheRead, result.cacheReadNanoUsdPerMillionTokens ?? -1n],
        ] as const) {
          const rounding = after * million - before * by;
          assert.ok(rounding >= 0n && rounding < million);
        }
        assert.equal(result.cacheWriteNanoUsdPerMillionTokens, undefined);
        assert.equal(result.effectiveFrom, "2026-10-07");
      }),
    );
  });

  it("by one leaves a price as it is", () => assert.deepEqual(scaled(dear, million), dear));

  it("is exact where a float is not", () => {
    const price = create(PriceSchema, { inputNanoUsdPerMillionTokens: 9_007_199_254_740_993n });
    assert.equal(scaled(price, 3n * million).inputNanoUsdPerMillionTokens, 27_021_597_764_222_979n);
    const most = usage({ inputTokens: largestInt32 });
    const cost = costOf(most, scaled(price, 1_100_000n)).nanoUsd;
    const exact = 2_147_483_647n * 9_007_199_254_740_993n * 11n;
    assert.ok(cost * 10n * million >= exact, "never less than the exact amount");
    assert.ok(cost * 10n * million - exact < 10n * 2_147_483_647n + 10n * million);
  });
});
