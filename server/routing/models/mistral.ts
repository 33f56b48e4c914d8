import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../core/model-traits.ts";
import type { ModelEntry } from "./model-entry.ts";

// Mistral on Bedrock. Sources: AWS Bedrock pricing and model cards (2026), listing of us-west-2 (August 2026). What no
// source states, such as the output limit of the newer models, is 0: not known.

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, REASONING } = ModelFeature;

/** No model of Mistral's caches prompts through Converse (AWS: Prompt caching, supported models). */
const noCache: readonly RefusableField[] = ["messages.cache_point", "system_cache_point"];

/** The guide's two. Its price for Large is the one at launch, twice today's; it stays, in every region. */
export const guideMistrals: readonly ModelEntry[] = [
  {
    id: "mistral.mistral-large-2402-v1:0",
    name: "mistral-large-2402",
    displayName: "Mistral Large (24.02)",
    family: "mistral",
    contextWindowTokens: 32_000,
    maxOutputTokens: 8191,
    prices: [{ input: "8.00", output: "24.00" }],
    publicPrice: { input: "4", output: "12" },
  },
  {
    id: "mistral.mixtral-8x7b-instruct-v0:1",
    name: "mixtral-8x7b",
    displayName: "Mixtral 8x7B Instruct",
    family: "mistral",
    contextWindowTokens: 32_000,
    maxOutputTokens: 4096,
    prices: [{ input: "0.45", output: "0.70" }],
    regionPrices: { "eu-west-3": { input: "0.59", output: "0.91" } },
  },
];

/** A model of the chat form, sold by its own id. */
function chat(
  name: string,
  displayName: string,
  [input, output]: readonly [string, string],
  contextWindowTokens: number,
  facts: Partial<ModelEntry> = {},
): ModelEntry {
  return {
    id: `mistral.${name}`,
    name,
    displayName,
    family: "mistral-chat",
    contextWindowTokens,
    maxOutputTokens: 0,
    prices: [{ input, output }],
    features: [TOOLS],
    ...facts,
  };
}

/** The others, newest first. Magistral and Voxtral answer in forms that only Converse brings in order. */
export const otherMistrals: readonly ModelEntry[] = [
  chat("mistral-large-3-675b-instruct", "Mistral Large 3", ["0.50", "1.50"], 256_000),
  chat("devstral-2-123b", "Devstral 2", ["0.40", "2.00"], 256_000),
  chat("ministral-3-14b-instruct", "Ministral 3 14B", ["0.20", "0.20"], 256_000),
  chat("ministral-3-8b-instruct", "Ministral 3 8B", ["0.15", "0.15"], 256_000),
  chat("ministral-3-3b-instruct", "Ministral 3 3B", ["0.10", "0.10"], 128_000),
  chat("magistral-small-2509", "Magistral Small", ["0.50", "1.50"], 128_000, {
    family: "converse",
    features: [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, REASONING],
    reasoning: "always",
    refuses: noCache,
  }),
  chat("voxtral-small-24b-2507", "Voxtral Small 24B", ["0.10", "0.30"], 32_000, {
    family: "converse",
    features: [],
    refuses: ["messages.image", ...noCache],
  }),
  chat("voxtral-mini-3b-2507", "Voxtral Mini 3B", ["0.04", "0.04"], 32_000, {
    family: "converse",
    features: [],
    refuses: ["messages.image", ...noCache],
  }),
  chat("pixtral-large-2502-v1:0", "Pixtral Large (25.02)", ["2", "6"], 128_000, {
    name: "pixtral-large-2502",
    profiles: ["us", "eu"],
  }),
  chat("mistral-large-2407-v1:0", "Mistral Large (24.07)", ["2", "6"], 128_000, {
    name: "mistral-large-2407",
    regions: ["us-west-2"],
  }),
  {
    id: "mistral.mistral-small-2402-v1:0",
    name: "mistral-small-2402",
    displayName: "Mistral Small (24.02)",
    family: "mistral",
    regions: ["us-east-1"],
    contextWindowTokens: 32_000,
    maxOutputTokens: 0,
    prices: [{ input: "1", output: "3" }],
  },
  {
    id: "mistral.mistral-7b-instruct-v0:2",
    name: "mistral-7b",
    displayName: "Mistral 7B Instruct",
    family: "mistral",
    contextWindowTokens: 32_000,
    maxOutputTokens: 0,
    prices: [{ input: "0.15", output: "0.20" }],
  },
];
