import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nanoUsd, perMillion } from "../../../server/routing/decimal.ts";
import { familyOf } from "../../../server/routing/family-of.ts";
import { parseModelId } from "../../../server/routing/model-id.ts";
import { modelEntries } from "../../../server/routing/models/model-entries.ts";
import type { ModelEntry, UsdPrice } from "../../../server/routing/models/model-entry.ts";

/** Every model that the gateway's sources tell of, by maker (autumn 2026). */
const bedrockIds = `
anthropic.claude-3-5-sonnet-20240620-v1:0 anthropic.claude-3-haiku-20240307-v1:0
anthropic.claude-3-opus-20240229-v1:0 anthropic.claude-3-sonnet-20240229-v1:0
anthropic.claude-3-5-sonnet-20241022-v2:0 anthropic.claude-3-5-haiku-20241022-v1:0
anthropic.claude-3-7-sonnet-20250219-v1:0 anthropic.claude-sonnet-4-20250514-v1:0
anthropic.claude-opus-4-20250514-v1:0 anthropic.claude-opus-4-1-20250805-v1:0
anthropic.claude-sonnet-4-5-20250929-v1:0 anthropic.claude-haiku-4-5-20251001-v1:0
anthropic.claude-opus-4-5-20251101-v1:0 anthropic.claude-opus-4-6-v1 anthropic.claude-sonnet-4-6
anthropic.claude-opus-4-7 anthropic.claude-opus-4-8 anthropic.claude-fable-5 anthropic.claude-sonnet-5
anthropic.claude-opus-5 anthropic.claude-fable-5-1 anthropic.claude-opus-5-5 anthropic.claude-sonnet-5-5
anthropic.claude-haiku-5-5
amazon.titan-text-express-v1 amazon.titan-text-lite-v1 amazon.titan-text-premier-v1:0 amazon.nova-micro-v1:0
amazon.nova-lite-v1:0 amazon.nova-pro-v1:0 amazon.nova-premier-v1:0 amazon.nova-2-lite-v1:0
amazon.nova-2-pro-preview-20251202-v1:0
meta.llama3-70b-instruct-v1:0 meta.llama3-8b-instruct-v1:0 meta.llama3-1-8b-instruct-v1:0
meta.llama3-1-70b-instruct-v1:0 meta.llama3-1-405b-instruct-v1:0 meta.llama3-2-1b-instruct-v1:0
meta.llama3-2-3b-instruct-v1:0 meta.llama3-2-11b-instruct-v1:0 meta.llama3-2-90b-instruct-v1:0
meta.llama3-3-70b-instruct-v1:0 meta.llama4-scout-17b-instruct-v1:0 meta.llama4-maverick-17b-instruct-v1:0
mistral.mistral-large-2402-v1:0 mistral.mixtral-8x7b-instruct-v0:1 mistral.mistral-7b-instruct-v0:2
mistral.mistral-small-2402-v1:0 mistral.mistral-large-2407-v1:0 mistral.pixtral-large-2502-v1:0
mistral.mistral-large-3-675b-instruct mistral.ministral-3-3b-instruct mistral.ministral-3-8b-instruct
mistral.ministral-3-14b-instruct mistral.magistral-small-2509 mistral.devstral-2-123b
mistral.voxtral-mini-3b-2507 mistral.voxtral-small-24b-2507
cohere.command-r-v1:0 cohere.command-r-plus-v1:0 ai21.jamba-1-5-large-v1:0 ai21.jamba-1-5-mini-v1:0
deepseek.r1-v1:0 deepseek.v3-v1:0 deepseek.v3.2 openai.gpt-oss-20b-1:0 openai.gpt-oss-120b-1:0
openai.gpt-5.4 openai.gpt-5.5 openai.gpt-5.6-luna openai.gpt-5.6-terra openai.gpt-5.6-sol openai.gpt-6-luna openai.gpt-6-sol openai.gpt-6-astra
qwen.qwen3-32b-v1:0 qwen.qwen3-235b-a22b-2507-v1:0 qwen.qwen3-coder-30b-a3b-v1:0 qwen.qwen3-coder-480b-a35b-v1:0
qwen.qwen3-next-80b-a3b qwen.qwen3-vl-235b-a22b moonshot.kimi-k2-thinking moonshotai.kimi-k2.5
moonshotai.kimi-k3 minimax.minimax-m2 minimax.minimax-m2.1 minimax.minimax-m2.5 zai.glm-4.7 zai.glm-4.7-flash
zai.glm-5 writer.palmyra-x4-v1:0 writer.palmyra-x5-v1:0 xai.grok-4.3 xai.grok-4.6 google.gemma-3-4b-it google.gemma-3-12b-it
google.gemma-3-27b-it nvidia.nemotron-nano-9b-v2 nvidia.nemotron-nano-3-30b nvidia.nemotron-super-3-120b
`
  .trim()
  .split(/\s+/);

const openAiIds =
  `gpt-4-turbo gpt-4 gpt-3.5-turbo gpt-4o gpt-4o-mini gpt-4.1 gpt-4.1-mini gpt-4.1-nano o3 o4-mini gpt-5
gpt-5-mini gpt-5-nano gpt-5.1 gpt-5.2 gpt-5.3-codex gpt-5.4 gpt-5.4-mini gpt-5.4-nano gpt-5.5 gpt-5.6-sol gpt-5.6-terra
gpt-5.6-luna gpt-6-astra gpt-6-sol gpt-6-luna`
    .trim()
    .split(/\s+/);

const today = "2026-11-23";
const providerOf = ({ provider = "bedrock" }: ModelEntry) => provider;
const byId = new Map(modelEntries.map((entry) => [entry.id, entry]));

describe("the catalogue's data", () => {
  it("has every model that the sources tell of, and no other", () => {
    const ids = (wanted: string) =>
      modelEntries.filter((entry) => providerOf(entry) === wanted).map(({ id }) => id);
    assert.deepEqual(ids("bedrock").sort(), bedrockIds.sort());
    assert.deepEqual(ids("openai").sort(), openAiIds.sort());
  });

  it("has ids and names that mean one model, and aliases that mean one of each provider", () => {
    for (const provider of ["bedrock", "openai"]) {
      const entries = modelEntries.filter((entry) => providerOf(entry) === provider);
      const names = entries.flatMap(({ id, name, aliases = [] }) => [
        ...new Set([id, name]),
        ...aliases,
      ]);
      assert.equal(new Set(names).size, names.length, provider);
    }
    const own = modelEntries.flatMap(({ id, name }) => [...new Set([id, name])]);
    assert.equal(new Set(own).size, own.length);
  });

  it("maps the guide's OpenAI names and the short ones to Bedrock", () => {
    const wearer = (alias: string) =>
      modelEntries.find(({ aliases = [] }) => aliases.includes(alias))?.name;
    assert.deepEqual(
      ["gpt-4-turbo", "gpt-4", "gpt-3.5-turbo", "claude-sonnet", "fast", "cheap"].map(wearer),
      [
        "claude-3-5-sonnet",
        "claude-3-opus",
        "claude-3-haiku",
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "nova-micro",
      ],
    );
  });

  for (const entry of modelEntries) {
    it(`tells of ${entry.id} what can be used`, () => {
      assert.ok(entry.name === entry.name.toLowerCase() && entry.displayName !== "");
      assert.ok(entry.contextWindowTokens > 0);
      assert.ok(entry.maxOutputTokens >= 0 && entry.maxOutputTokens <= entry.contextWindowTokens);
      if (providerOf(entry) === "bedrock") assert.ok(parseModelId(entry.id), "a readable id");
      checkPrices(entry);
      for (const factor of Object.values(entry.factors ?? {})) {
        assert.ok(perMillion(factor) >= 1_000_000n);
      }
    });
  }

  for (const entry of modelEntries.filter(({ endOfLife }) => endOfLife !== undefined)) {
    it(`names a living successor of ${entry.id}`, () => {
      assert.match(entry.endOfLife ?? "", /^20\d\d-[01]\d-[0-3]\d$/);
      const next = byId.get(entry.replacement ?? "");
      assert.ok(next, `${entry.replacement} is there`);
      assert.ok((next.endOfLife ?? "9999") > today);
    });
  }

  it("charges for hour-long cache writes of Claude twice what input costs", () => {
    const prices = modelEntries
      .filter(({ family }) => family === "anthropic")
      .flatMap(({ prices: dated }) => dated)
      .flatMap((price) => [price, ...(price.longPrompt ? [price.longPrompt] : [])])
      .filter(({ cacheWrite1h }) => cacheWrite1h !== undefined);
    assert.ok(prices.length > 20);
    for (const { input, cacheWrite, cacheWrite1h = "" } of prices) {
      assert.equal(nanoUsd(cacheWrite1h), 2n * nanoUsd(input));
      assert.equal(4n * nanoUsd(cacheWrite ?? ""), 5n * nanoUsd(input));
    }
  });

  it("agrees with the ids on the families of models", () => {
    for (const { id, family } of modelEntries.filter((entry) => providerOf(entry) === "bedrock")) {
      const parsed = parseModelId(id);
      if (parsed) assert.equal(familyOf(parsed), family, id);
    }
  });
});

function checkPrices({
  prices,
  publicPrice,
  regionPrices = {},
  profilePrices = {},
}: ModelEntry): void {
  assert.ok(prices.length > 0);
  const days = prices.map(({ from = "" }) => from);
  assert.deepEqual(days, [...new Set(days)].sort(), "prices have days of their own, in order");
  const all: UsdPrice[] = [
    ...prices,
    ...prices.flatMap(({ longPrompt }) => longPrompt ?? []),
    ...(publicPrice ? [publicPrice] : []),
    ...Object.values(regionPrices),
    ...Object.values(profilePrices),
  ];
  for (const { input, output, cacheRead } of all) {
    assert.ok(nanoUsd(input) > 0n && nanoUsd(output) >= nanoUsd(input));
    if (cacheRead !== undefined) assert.ok(nanoUsd(cacheRead) < nanoUsd(input));
  }
}
