import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import fc from "fast-check";
import { countTokens } from "../../../../emulator/count-tokens.ts";
import {
  ContentBlockSchema,
  ReasoningEffort,
  Role,
  ServiceTier,
  UsageSchema,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { PriceSchema } from "../../../../gen/axonflow/gateway/v1/money_pb.ts";
import { costOf, type PriceList, priceOf } from "../../../../server/core/money.ts";
import { promptBound } from "../../../../server/policies/budget/prompt-bound.ts";
import {
  affordableOutput,
  worstCase,
  worstWith,
} from "../../../../server/policies/budget/worst-case.ts";
import { sampleEndpoint, sampleRequest, textBlock } from "../../../fakes/calls.ts";

const usualTier = () => ServiceTier.UNSPECIFIED;
const amount = fc.bigInt({ min: 0n, max: 80_000_000_000n });
const price = fc
  .record({
    inputNanoUsdPerMillionTokens: amount,
    outputNanoUsdPerMillionTokens: amount,
    cacheReadNanoUsdPerMillionTokens: amount,
    cacheWriteNanoUsdPerMillionTokens: amount,
    cacheWrite1hNanoUsdPerMillionTokens: amount,
  })
  .map((init) => create(PriceSchema, init));
const tiers = [
  ServiceTier.UNSPECIFIED,
  ServiceTier.DEFAULT,
  ServiceTier.PRIORITY,
  ServiceTier.FLEX,
];
const prices: fc.Arbitrary<PriceList> = fc.record({
  standard: price,
  longPrompt: fc.option(fc.record({ aboveTokens: fc.nat(3000), price }), { nil: undefined }),
  tierFactorsPerMillion: fc.constant(
    new Map([
      [ServiceTier.FLEX, 500_000n],
      [ServiceTier.PRIORITY, 1_750_000n],
    ]),
  ),
});

describe("the worst case of an attempt", () => {
  it("is never below what any usage within the prompt's bytes and the limit costs, at any price and tier", () => {
    const property = fc.property(
      prices,
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom(...tiers),
      fc.constantFrom("bedrock", "openai"),
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100), fc.nat(100), fc.nat(100)),
      (list, text, maxTokens, tier, provider, [share, input, read, write]) => {
        const request = sampleRequest({
          messages: [{ role: Role.USER, content: [textBlock(`x${text}`)] }],
          maxTokens,
          serviceTier: tier,
          // Kept for an hour.
          systemCachePoint: { ttl: { seconds: 3600n } },
          system: "s",
        });
        const endpoint = sampleEndpoint({ provider, prices: list });
        const worst = worstCase(endpoint, { request, usualTier });
        assert.ok(worst);
        const parts = input + read + write || 1;
        const of = (part: number) => Math.floor((worst.promptTokens * part) / parts);
        const usage = create(UsageSchema, {
          inputTokens: of(input),
          cacheReadInputTokens: of(read),
          cacheWriteInputTokens: of(write),
          cacheWrite1hInputTokens: Math.floor(of(write) * share),
          outputTokens: Math.floor(maxTokens * share),
        });
        // A tier that was asked for may be served as the ordinary one.
        for (const served of [tier, ServiceTier.DEFAULT]) {
          const cost = costOf(usage, priceOf(list, usage, served)).nanoUsd;
          assert.ok(cost <= worst.nanoUsd, `${cost} > ${worst.nanoUsd}`);
        }
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });
  it("takes OpenAI's dearest tier where none is asked for, because the project may be set to it", () => {
    const request = sampleRequest({ maxTokens: 100 });
    const tierFactorsPerMillion = new Map([[ServiceTier.PRIORITY, 1_750_000n]]);
    const { prices: { standard } = assert.fail() } = sampleEndpoint();
    const at = (provider: string) =>
      worstCase(sampleEndpoint({ provider, prices: { standard, tierFactorsPerMillion } }), {
        request,
        usualTier,
      })?.nanoUsd ?? 0n;
    assert.equal(at("openai") * 4n, at("bedrock") * 7n);
  });
  it("takes the tier of the configuration where the request names none", () => {
    const request = sampleRequest();
    const tierFactorsPerMillion = new Map([[ServiceTier.PRIORITY, 1_750_000n]]);
    const { prices: { standard } = assert.fail() } = sampleEndpoint();
    const endpoint = sampleEndpoint({ prices: { standard, tierFactorsPerMillion } });
    const at = (tier: ServiceTier) =>
      worstCase(endpoint, { request, usualTier: () => tier })?.nanoUsd ?? 0n;
    assert.ok(at(ServiceTier.PRIORITY) > at(ServiceTier.UNSPECIFIED));
  });
  it("is not known without a price", () => {
    const endpoint = sampleEndpoint({ prices: undefined });
    assert.equal(worstCase(endpoint, { request: sampleRequest(), usualTier }), undefined);
  });
  it("counts what the default writes where the caller sets no limit", () => {
    const tokens = (maxOutputTokens?: number) =>
      worstCase(sampleEndpoint({ maxOutputTokens }), { request: sampleRequest(), usualTier })
        ?.outputTokens;
    assert.equal(tokens(undefined), 4096);
    assert.equal(tokens(64_000), 4096);
    assert.equal(tokens(2048), 2048);
  });
  it("counts all that Nova can write at high effort, where it takes no limit", () => {
    const endpoint = sampleEndpoint({ family: "nova", maxOutputTokens: 65_535 });
    const tokens = (effort: ReasoningEffort) =>
      worstCase(endpoint, { request: sampleRequest({ reasoning: { effort } }), usualTier })
        ?.outputTokens;
    assert.equal(tokens(ReasoningEffort.HIGH), 65_535);
    assert.equal(tokens(ReasoningEffort.LOW), 4096);
  });
  it("counts the text that is gone on with, and only the tokens that are left", () => {
    const request = sampleRequest({ maxTokens: 100 });
    const continued = { text: "x".repeat(50), outputTokens: 30, attempts: 1 };
    const whole = worstCase(sampleEndpoint(), { request, usualTier });
    const rest = worstCase(sampleEndpoint(), { request, usualTier, continued });
    assert.equal((rest?.promptTokens ?? 0) - (whole?.promptTokens ?? 0), 50);
    assert.equal(rest?.outputTokens, 70);
  });
});

describe("the bound of a prompt", () => {
  const endpoint = sampleEndpoint({ contextTokens: 200_000 });
  it("is never below what the emulator counts, whatever the text", () => {
    const texts = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 100 }), {
      minLength: 1,
      maxLength: 9,
    });
    const property = fc.property(texts, (each) => {
      const messages = each.map((text) => ({ role: Role.USER, content: [textBlock(text)] }));
      const bound = promptBound(sampleRequest({ messages }), endpoint);
      const counted = each.reduce((sum, text) => sum + countTokens(text) + 2, 0);
      assert.ok(counted <= bound);
    });
    fc.assert(property, { numRuns: 1000 });
  });
  it("counts letters that a tokenizer writes out longer by that", () => {
    const text = "\u{fdfa}".repeat(100);
    const messages = [{ role: Role.USER, content: [textBlock(text)] }];
    const bound = promptBound(sampleRequest({ messages }), endpoint);
    assert.ok(bound >= Buffer.byteLength(text.normalize("NFKC")));
  });
  it("grows with tools by their schema", () => {
    const inputSchema = { type: "object", properties: { a: { description: "é".repeat(1000) } } };
    const tools = [{ name: "t", description: "d", inputSchema }];
    const bound = promptBound(sampleRequest({ tools }), endpoint);
    assert.ok(bound > 6000, `${bound}`);
  });
  for (const [kind, block] of [
    ["a picture", { case: "image", value: { content: new Uint8Array(9), mediaType: "image/png" } }],
    [
      "a PDF",
      { case: "document", value: { content: new Uint8Array(9), mediaType: "application/pdf" } },
    ],
  ] as const) {
    it(`is the context window where ${kind} is among it`, () => {
      const messages = [{ role: Role.USER, content: [{ block }] }];
      assert.equal(promptBound(sampleRequest({ messages }), endpoint), 200_000);
      const value = { toolUseId: "1", content: [{ block }] };
      const content = [create(ContentBlockSchema, { block: { case: "toolResult", value } })];
      const nested = [{ role: Role.USER, content }];
      assert.equal(promptBound(sampleRequest({ messages: nested }), endpoint), 200_000);
    });
  }
});

describe("what an amount buys", () => {
  it("is the most tokens whose worst case is within it, at every endpoint", () => {
    const property = fc.property(
      fc.array(prices, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 2, max: 4096 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lists, maxTokens, share) => {
        const endpoints = lists.map((list) => sampleEndpoint({ prices: list }));
        const question = { request: sampleRequest({ maxTokens }), usualTier };
        const least = worstWith(endpoints, question, 1);
        const worst = worstWith(endpoints, question);
        const granted = least + (BigInt(Math.floor(share * 1000)) * (worst - least)) / 1000n;
        const tokens = affordableOutput(endpoints, question, granted);
        assert.ok(tokens >= 1 && tokens <= maxTokens);
        assert.ok(worstWith(endpoints, question, tokens) <= granted);
        if (tokens < maxTokens) assert.ok(worstWith(endpoints, question, tokens + 1) > granted);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });
});
