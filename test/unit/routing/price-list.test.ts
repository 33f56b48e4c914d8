import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { nanoUsd, perMillion } from "../../../server/routing/decimal.ts";
import { priceListOf } from "../../../server/routing/price-list.ts";
import { nextClaude, smallLlama } from "../../fakes/model-entries.ts";

const today = "2026-11-23";
const inputOf = (geography: string, region: string, day = today, entry = nextClaude) =>
  priceListOf(entry, geography, region, day)?.standard.inputNanoUsdPerMillionTokens;

describe("priceListOf", () => {
  for (const [geography, region, nano] of [
    ["global", "us-east-1", 2_000_000_000n],
    ["us", "us-east-1", 2_200_000_000n],
    ["jp", "ap-northeast-1", 2_300_000_000n],
    ["", "us-east-1", 2_000_000_000n],
  ] as const) {
    it(`multiplies by the factor of ${geography || "no geography"}`, () => {
      assert.equal(inputOf(geography, region), nano);
    });
  }

  it("multiplies every part of a price exactly", () => {
    const { standard } = priceListOf(nextClaude, "us", "us-east-1", today) ?? {};
    assert.equal(standard?.cacheReadNanoUsdPerMillionTokens, 220_000_000n);
    assert.equal(standard?.cacheWriteNanoUsdPerMillionTokens, 2_750_000_000n);
    assert.equal(standard?.cacheWrite1hNanoUsdPerMillionTokens, 4_400_000_000n);
  });

  it("takes the price of the day", () => {
    assert.equal(inputOf("global", "us-east-1", "2026-11-30"), 2_000_000_000n);
    assert.equal(inputOf("global", "us-east-1", "2026-12-01"), 1_000_000_000n);
  });

  it("has the price of long prompts, multiplied too", () => {
    const { longPrompt } = priceListOf(nextClaude, "us", "us-east-1", "2026-12-01") ?? {};
    assert.equal(longPrompt?.aboveTokens, 100_000);
    assert.equal(longPrompt?.price.outputNanoUsdPerMillionTokens, 8_250_000_000n);
  });

  it("has the factors of service tiers", () => {
    const { tierFactorsPerMillion } = priceListOf(nextClaude, "", "us-east-1", today) ?? {};
    assert.equal(tierFactorsPerMillion?.get(ServiceTier.FLEX), 500_000n);
  });

  it("takes a region's own price for the model's own id alone", () => {
    assert.equal(inputOf("", "eu-west-2", today, smallLlama), 390_000_000n);
    assert.equal(inputOf("", "eu-west-1", today, smallLlama), 300_000_000n);
    assert.equal(inputOf("eu", "eu-west-2", today, smallLlama), 300_000_000n);
  });

  it("takes a geography's own price in place of a factor", () => {
    const entry = { ...nextClaude, profilePrices: { eu: { input: "3.7", output: "31.6" } } };
    assert.equal(inputOf("eu", "eu-west-1", today, entry), 3_700_000_000n);
    assert.equal(inputOf("us", "us-east-1", today, entry), 2_200_000_000n);
  });

  it("is nothing where no price is known", () => {
    assert.equal(priceListOf({ ...smallLlama, prices: [] }, "", "eu-west-1", today), undefined);
  });
});

describe("decimal text", () => {
  for (const [decimal, nano] of [
    ["0", 0n],
    ["3.00", 3_000_000_000n],
    ["0.25", 250_000_000n],
    ["0.000000001", 1n],
  ] as const) {
    it(`reads ${decimal} US dollars`, () => assert.equal(nanoUsd(decimal), nano));
  }

  for (const text of ["", "-1", "1.", ".5", "1e3", "1,5", "0.0000000001", "1 ", "NaN"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => nanoUsd(text), /no decimal/));
  }

  it("reads factors in millionths", () => {
    assert.equal(perMillion("1.15"), 1_150_000n);
    assert.throws(() => perMillion("0.1234567"), /at most 6/);
  });

  it("reads back any amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (nano) => {
        const digits = nano.toString().padStart(10, "0");
        assert.equal(nanoUsd(`${digits.slice(0, -9)}.${digits.slice(-9)}`), nano);
      }),
    );
  });
});
