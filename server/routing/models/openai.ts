import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../core/model-traits.ts";
import type { DatedPrice, ModelEntry } from "./model-entry.ts";

// OpenAI's own API. Sources: OpenAI's price page, held against the tables of Portkey, genai-prices and litellm (August to
// October 2026).

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING } = ModelFeature;

/** OpenAI caches by itself; a request cannot ask for it. */
const cachesAlone: readonly RefusableField[] = ["messages.cache_point", "system_cache_point"];
const reasoningRefuses: readonly RefusableField[] = [...cachesAlone, "temperature", "top_p"];
/** The newest reasoning models take no stop sequences either. */
const newestRefuses: readonly RefusableField[] = [...reasoningRefuses, "stop_sequences"];
const guideRefuses: readonly RefusableField[] = [
  ...cachesAlone,
  "messages.document",
  "response_format.json_schema",
];

/** Half the price when it may wait, 1.75 times when it may not; public statements, not verified by us. */
const tierFactors = { [ServiceTier.FLEX]: "0.5", [ServiceTier.PRIORITY]: "1.75" } as const;

function gpt(
  id: string,
  [contextWindowTokens, maxOutputTokens]: readonly [number, number],
  price: DatedPrice | readonly DatedPrice[],
  facts: Partial<ModelEntry> = {},
): ModelEntry {
  return {
    id,
    name: id,
    displayName: id.replace("gpt", "GPT"),
    provider: "openai",
    family: "openai",
    contextWindowTokens,
    maxOutputTokens,
    prices: "input" in price ? [price] : price,
    refuses: cachesAlone,
    features: [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE],
    ...facts,
  };
}

/** Input, output and cached input. */
function usd(input: string, output: string, cacheRead: string): DatedPrice {
  return { input, output, cacheRead };
}

const reasons: Partial<ModelEntry> = {
  reasoning: "effort",
  refuses: reasoningRefuses,
  tierFactors,
  features: [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING],
};
const newest: Partial<ModelEntry> = { ...reasons, refuses: newestRefuses };

const million: readonly [number, number] = [1_050_000, 128_000];
const older: readonly [number, number] = [400_000, 128_000];
const long = 272_000;

/** Prompts above 272,000 tokens cost twice the input and one and a half times the output, the whole call. */
function tiered(base: DatedPrice, longPrice: DatedPrice): DatedPrice {
  const { from: _, longPrompt: __, ...price } = longPrice;
  return { ...base, longPrompt: { aboveTokens: long, ...price } };
}

/** Input, output, cached input and cache writes of the models that charge for those. */
function written(
  ...[input, output, cacheRead, cacheWrite]: [string, string, string, string]
): DatedPrice {
  return { input, output, cacheRead, cacheWrite };
}

/** Newest first; the guide's three last. */
export const openAiModels: readonly ModelEntry[] = [
  gpt(
    "gpt-6-astra",
    million,
    tiered(written("10", "50", "1", "12.5"), written("20", "75", "2", "25")),
    newest,
  ),
  gpt(
    "gpt-6-sol",
    million,
    tiered(written("2", "10", "0.20", "2.5"), written("4", "15", "0.40", "5")),
    newest,
  ),
  gpt(
    "gpt-6-luna",
    million,
    tiered(written("0.10", "0.50", "0.01", "0.125"), written("0.20", "0.75", "0.02", "0.25")),
    newest,
  ),
  // 4 / 20 is a promotion "at least through 21 November 2026", the list price 5 / 30; no end has been announced.
  gpt(
    "gpt-5.6-sol",
    million,
    tiered(written("4", "20", "0.40", "5"), written("8", "30", "0.80", "10")),
    newest,
  ),
  gpt(
    "gpt-5.6-terra",
    million,
    tiered(written("2", "12", "0.20", "2.5"), written("4", "18", "0.40", "5")),
    newest,
  ),
  gpt(
    "gpt-5.6-luna",
    million,
    tiered(written("0.20", "1.20", "0.02", "0.25"), written("0.40", "1.80", "0.04", "0.50")),
    newest,
  ),
  gpt("gpt-5.5", million, tiered(usd("5", "30", "0.50"), usd("10", "45", "1")), newest),
  gpt("gpt-5.4", million, tiered(usd("2.50", "15", "0.25"), usd("5", "22.50", "0.50")), newest),
  gpt(
    "gpt-5.4-mini",
    older,
    tiered(usd("0.75", "4.50", "0.075"), usd("1.50", "6.75", "0.15")),
    newest,
  ),
  gpt(
    "gpt-5.4-nano",
    older,
    tiered(usd("0.20", "1.25", "0.02"), usd("0.40", "1.875", "0.04")),
    newest,
  ),
  gpt("gpt-5.3-codex", older, usd("1.75", "14", "0.175"), newest),
  gpt("gpt-5.2", older, usd("1.75", "14", "0.175"), newest),
  gpt("gpt-5.1", older, usd("1.25", "10", "0.125"), newest),
  gpt("gpt-5", older, usd("1.25", "10", "0.125"), newest),
  gpt("gpt-5-mini", older, usd("0.25", "2", "0.025"), newest),
  gpt("gpt-5-nano", older, usd("0.05", "0.40", "0.005"), newest),
  gpt("o3", [200_000, 100_000], usd("2", "8", "0.50"), newest),
  gpt("o4-mini", [200_000, 100_000], usd("1.10", "4.40", "0.275"), newest),
  gpt("gpt-4.1", [1_047_576, 32_768], usd("2", "8", "0.50")),
  gpt("gpt-4.1-mini", [1_047_576, 32_768], usd("0.40", "1.60", "0.10")),
  gpt("gpt-4.1-nano", [1_047_576, 32_768], usd("0.10", "0.40", "0.025")),
  gpt("gpt-4o", [128_000, 16_384], usd("2.50", "10", "1.25")),
  gpt("gpt-4o-mini", [128_000, 16_384], usd("0.15", "0.60", "0.075")),
  gpt(
    "gpt-4-turbo",
    [128_000, 4096],
    { input: "10", output: "30" },
    {
      displayName: "GPT-4 Turbo",
      features: [TOOLS, IMAGES],
      refuses: guideRefuses,
    },
  ),
  gpt(
    "gpt-4",
    [8192, 8192],
    { input: "30", output: "60" },
    {
      features: [TOOLS],
      refuses: [...guideRefuses, "messages.image"],
    },
  ),
  gpt(
    "gpt-3.5-turbo",
    [16_385, 4096],
    { input: "0.50", output: "1.50" },
    {
      displayName: "GPT-3.5 Turbo",
      features: [TOOLS],
      refuses: [...guideRefuses, "messages.image"],
    },
  ),
];
