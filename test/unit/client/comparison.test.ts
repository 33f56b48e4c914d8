import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { costOf, savingPercent } from "../../../client/cli/comparison.ts";
import { ModelSchema } from "../../../gen/axonflow/gateway/v1/model_pb.ts";

const model = (init: MessageInitShape<typeof ModelSchema>) => create(ModelSchema, init);
const priceOf = (input: bigint, output: bigint) => ({
  inputNanoUsdPerMillionTokens: input,
  outputNanoUsdPerMillionTokens: output,
});

const nanoUsd = fc.bigInt({ min: 0n, max: 10n ** 14n });
const tokens = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe("the cost of a comparison", () => {
  it("is what the gateway would charge, in two parts", () => {
    const priced = model({ price: priceOf(3_000_000_000n, 15_000_000_000n) });
    assert.deepEqual(costOf(priced, { input: 1000, output: 500 }), {
      inputNanoUsd: 3_000_000n,
      outputNanoUsd: 7_500_000n,
      totalNanoUsd: 10_500_000n,
    });
  });

  it("is not known without a price", () => {
    assert.equal(costOf(model({}), { input: 1, output: 1 }), undefined);
  });

  it("takes the price of long prompts above their limit, and at it not yet", () => {
    const priced = model({
      price: priceOf(1_000_000n, 1_000_000n),
      longPromptPrice: priceOf(2_000_000n, 3_000_000n),
      longPromptAboveTokens: 100,
    });
    const total = (input: number) => costOf(priced, { input, output: 1 })?.totalNanoUsd;
    assert.equal(total(100), 101n);
    assert.equal(total(101), 205n);
  });

  it("is the exact sum rounded up once, whose parts add up, for any price and any tokens", () => {
    fc.assert(
      fc.property(nanoUsd, nanoUsd, tokens, tokens, (inPrice, outPrice, input, output) => {
        const cost = costOf(model({ price: priceOf(inPrice, outPrice) }), { input, output });
        assert.ok(cost);
        const exact = BigInt(input) * inPrice + BigInt(output) * outPrice;
        const rounding = cost.totalNanoUsd * 1_000_000n - exact;
        assert.ok(rounding >= 0n && rounding < 1_000_000n);
        assert.equal(cost.inputNanoUsd + cost.outputNanoUsd, cost.totalNanoUsd);
        assert.ok(cost.inputNanoUsd >= 0n && cost.outputNanoUsd >= 0n);
      }),
    );
  });
});

describe("a saving", () => {
  for (const [before, now, percent] of [
    [10n, 3n, "70.0"],
    [30n, 15n, "50.0"],
    [60n, 75n, "-25.0"],
    [3n, 2n, "33.3"],
    [3n, 1n, "66.7"],
    [1000n, 1n, "99.9"],
    [100_000n, 1n, "100.0"],
    [2000n, 1999n, "0.1"],
    [7n, 7n, "0.0"],
    [1_000_000n, 1_000_001n, "0.0"],
    [5n, 0n, "100.0"],
    [1n, 100n, "-9900.0"],
  ] as const) {
    it(`from ${before} to ${now} is ${percent} %`, () => {
      assert.equal(savingPercent(before, now), percent);
    });
  }

  it("is none where nothing was paid", () => assert.equal(savingPercent(0n, 5n), undefined));

  it("differs from the exact one by at most half a tenth of a per cent", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 18n }), nanoUsd, (before, now) => {
        const percent = savingPercent(before, now) ?? "";
        assert.match(percent, /^-?\d+\.\d$/);
        const perMille = BigInt(percent.replace(".", ""));
        const error = perMille * before - (before - now) * 1000n;
        assert.ok((error < 0n ? -error : error) * 2n <= before);
      }),
    );
  });
});
