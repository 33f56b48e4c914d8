import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../core/model-traits.ts";
import type { DatedPrice, ModelEntry } from "./model-entry.ts";

// OpenAI's own API. Sources: OpenAI's price page, held against the tables of Portkey, genai-prices and litellm (August to
// October 2026); OpenAI's deprecations page for ends of life (November 2026); for what models refuse, OpenAI's guides and
// what callers saw it answer. Cache points are never refused: they are given to the models that take them, and the
// others cache by themselves.

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING } = ModelFeature;

/** Models that reason unless they are told not to take nothing that steers their sampling. */
const noSampling: readonly RefusableField[] = ["temperature", "top_p", "stop_sequences"];
/** Some cannot be told not to. */
const alwaysReasons: readonly RefusableField[] = [...noSampling, "reasoning.none"];
/** The oldest read text alone; they answer in JSON of a schema through a tool. */
const textOnly: readonly RefusableField[] = ["messages.image", "messages.document"];

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
    features: [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE],
    ...facts,
  };
}

/** Input, output and cached input. */
function usd(input: string, output: string, cacheRead: string): DatedPrice {
  return { input, output, cacheRead };
}

/** Reasons when it is told to, from 5.1 to 5.5; sampling is its caller's while it does not. */
const mayReason: Partial<ModelEntry> = {
  reasoning: "effort",
  features: [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING],
};
/** Reasons unless it is told not to, from 5.6 on. */
const newest: Partial<ModelEntry> = { ...mayReason, refuses: noSampling };
/** GPT-5, the o series and Astra. */
const reasons: Partial<ModelEntry> = { ...mayReason, refuses: alwaysReasons };

/** Announced by OpenAI, with the successor that it recommends or the next one of that line. */
const retired = (endOfLife: string, replacement: string) => ({ endOfLife, replacement });
const retiring = (endOfLife: string, replacement: string) => ({
  isLegacy: true,
  ...retired(endOfLife, replacement),
});

const million: readonly [number, number] = [1_050_000, 128_000];
const older: readonly [number, number] = [400_000, 128_000];
const wide: readonly [number, number] = [1_047_576, 32_768];
const omni: readonly [number, number] = [128_000, 16_384];
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
    reasons,
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
  // 4 / 20 is a promotion "at least through 21 November 2026"; no end has been announced.
  gpt(
    "gpt-5.6-sol",
    million,
    tiered(written("4", "20", "0.40", "5"), written("8", "30", "0.80", "10")),
    { ...newest, publicPrice: { input: "5", output: "30" } },
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
  gpt("gpt-5.5", million, tiered(usd("5", "30", "0.50"), usd("10", "45", "1")), mayReason),
  gpt("gpt-5.4", million, tiered(usd("2.50", "15", "0.25"), usd("5", "22.50", "0.50")), mayReason),
  gpt(
    "gpt-5.4-mini",
    older,
    tiered(usd("0.75", "4.50", "0.075"), usd("1.50", "6.75", "0.15")),
    mayReason,
  ),
  gpt("gpt-5.4-nano", older, tiered(usd("0.20", "1.25", "0.02"), usd("0.40", "1.875", "0.04")), {
    ...mayReason,
    ...retiring("2027-04-01", "gpt-6-luna"),
  }),
  gpt("gpt-5.3-codex", older, usd("1.75", "14", "0.175"), {
    ...mayReason,
    ...retiring("2027-04-01", "gpt-6-sol"),
  }),
  gpt("gpt-5.2", older, usd("1.75", "14", "0.175"), mayReason),
  gpt("gpt-5.1", older, usd("1.25", "10", "0.125"), {
    ...mayReason,
    ...retiring("2027-04-01", "gpt-6-sol"),
  }),
  gpt("gpt-5", older, usd("1.25", "10", "0.125"), {
    ...reasons,
    ...retiring("2026-12-11", "gpt-6-sol"),
  }),
  gpt("gpt-5-mini", older, usd("0.25", "2", "0.025"), {
    ...reasons,
    ...retiring("2026-12-11", "gpt-5.6-terra"),
  }),
  gpt("gpt-5-nano", older, usd("0.05", "0.40", "0.005"), {
    ...reasons,
    ...retiring("2026-12-11", "gpt-6-luna"),
  }),
  gpt("o3", [200_000, 100_000], usd("2", "8", "0.50"), {
    ...reasons,
    ...retiring("2026-12-11", "gpt-6-sol"),
  }),
  gpt("o4-mini", [200_000, 100_000], usd("1.10", "4.40", "0.275"), {
    ...reasons,
    ...retired("2026-10-23", "gpt-5.6-terra"),
  }),
  gpt("gpt-4.1", wide, usd("2", "8", "0.50"), retiring("2027-01-14", "gpt-6-luna")),
  gpt("gpt-4.1-mini", wide, usd("0.40", "1.60", "0.10"), retiring("2027-01-14", "gpt-6-luna")),
  gpt("gpt-4.1-nano", wide, usd("0.10", "0.40", "0.025"), retired("2026-10-23", "gpt-6-luna")),
  gpt("gpt-4o", omni, usd("2.50", "10", "1.25"), retiring("2027-01-14", "gpt-6-luna")),
  gpt("gpt-4o-mini", omni, usd("0.15", "0.60", "0.075"), retiring("2027-01-14", "gpt-6-luna")),
  gpt(
    "gpt-4-turbo",
    [128_000, 4096],
    { input: "10", output: "30" },
    {
      displayName: "GPT-4 Turbo",
      features: [TOOLS, IMAGES, JSON_SCHEMA],
      refuses: ["messages.document"],
      ...retired("2026-10-23", "gpt-6-sol"),
    },
  ),
  gpt(
    "gpt-4",
    [8192, 8192],
    { input: "30", output: "60" },
    {
      features: [TOOLS, JSON_SCHEMA],
      refuses: textOnly,
      ...retired("2026-10-23", "gpt-6-sol"),
    },
  ),
  gpt(
    "gpt-3.5-turbo",
    [16_385, 4096],
    { input: "0.50", output: "1.50" },
    {
      displayName: "GPT-3.5 Turbo",
      features: [TOOLS, JSON_SCHEMA],
      refuses: textOnly,
      ...retired("2026-10-23", "gpt-6-luna"),
    },
  ),
];
