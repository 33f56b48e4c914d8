import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../core/model-traits.ts";
import type { Geography, ModelEntry, UsdPrice } from "./model-entry.ts";

// All other makers on Bedrock; they go through Converse. Sources: AWS Bedrock pricing and model cards (2026), listing of
// us-west-2 (August 2026), price tables of models.dev and litellm. 0 stands for a limit that no source states.

const { TOOLS, JSON_SCHEMA, REASONING } = ModelFeature;
const tools = [TOOLS, JSON_SCHEMA];

/** None of them caches prompts through Converse (AWS: Prompt caching, supported models). */
const noCache: readonly RefusableField[] = ["messages.cache_point", "system_cache_point"];

/** Most read text alone. */
const textOnly: readonly RefusableField[] = ["messages.image", "messages.document", ...noCache];

/** Reads pictures and documents too. */
const seeing = {
  features: [...tools, ModelFeature.IMAGES, ModelFeature.DOCUMENTS],
  refuses: noCache,
} satisfies Partial<ModelEntry>;

/** Sold at Bedrock's OpenAI-like endpoint alone: Bedrock Runtime, which the gateway calls, refuses it by any id. */
const mantleOnly = { onDemand: false } satisfies Partial<ModelEntry>;

const tenthMore = { us: "1.1", eu: "1.1", jp: "1.1", au: "1.1", in: "1.1", "": "1.1" };
const usAndGlobal: readonly Geography[] = ["us", "global"];

function model(
  id: string,
  displayName: string,
  [input, output]: readonly [string, string],
  [contextWindowTokens, maxOutputTokens]: readonly [number, number],
  facts: Partial<ModelEntry> = {},
): ModelEntry {
  return {
    id,
    name: id.slice(id.indexOf(".") + 1).replace(/(?:-v\d+|-1)(?::0)$/, ""),
    displayName,
    family: "converse",
    contextWindowTokens,
    maxOutputTokens,
    prices: [{ input, output }],
    features: tools,
    refuses: textOnly,
    ...facts,
  };
}

/** OpenAI's closed models on Bedrock: a tenth more through a geography, and long prompts as at OpenAI. */
function gptOnBedrock(
  version: string,
  price: UsdPrice,
  longPrice: UsdPrice,
  profiles: readonly Geography[],
): ModelEntry {
  return model(
    `openai.gpt-${version}`,
    `GPT-${version} (Bedrock)`,
    ["0", "0"],
    [1_050_000, 128_000],
    {
      name: `bedrock-gpt-${version}`,
      // OpenAI's own model where OpenAI is served, this one where not.
      aliases: [`gpt-${version}`],
      prices: [{ ...price, longPrompt: { aboveTokens: 272_000, ...longPrice } }],
      profiles,
      factors: tenthMore,
      reasoning: "effort",
      ...seeing,
      features: [...seeing.features, REASONING],
    },
  );
}

function gptMantle(version: string, price: readonly [string, string]): ModelEntry {
  return model(`openai.gpt-${version}`, `GPT-${version} (Bedrock)`, price, [1_050_000, 128_000], {
    ...seeing,
    ...mantleOnly,
    name: `bedrock-gpt-${version}`,
    reasoning: "effort",
  });
}

const effort: Partial<ModelEntry> = { reasoning: "effort", features: [...tools, REASONING] };
const deepSeek: Partial<ModelEntry> = {
  ...effort,
  refuses: [...textOnly, "tool_choice.tool_name"],
};

/** By maker. */
export const otherMakers: readonly ModelEntry[] = [
  model("cohere.command-r-plus-v1:0", "Command R+", ["3", "15"], [128_000, 4096], {
    endOfLife: "2026-08-19",
    replacement: "mistral.mistral-large-3-675b-instruct",
  }),
  model("cohere.command-r-v1:0", "Command R", ["0.50", "1.50"], [128_000, 4096], {
    endOfLife: "2026-08-19",
    replacement: "mistral.ministral-3-14b-instruct",
  }),
  model("ai21.jamba-1-5-large-v1:0", "Jamba 1.5 Large", ["2", "8"], [256_000, 4096], {
    regions: ["us-east-1"],
    isLegacy: true,
    endOfLife: "2026-11-26",
    replacement: "mistral.mistral-large-3-675b-instruct",
  }),
  model("ai21.jamba-1-5-mini-v1:0", "Jamba 1.5 Mini", ["0.20", "0.40"], [256_000, 4096], {
    regions: ["us-east-1"],
    isLegacy: true,
    endOfLife: "2026-11-26",
    replacement: "mistral.ministral-3-14b-instruct",
  }),
  model("deepseek.v3.2", "DeepSeek V3.2", ["0.62", "1.85"], [164_000, 80_000], {
    ...deepSeek,
    name: "deepseek-v3.2",
  }),
  model("deepseek.v3-v1:0", "DeepSeek V3.1", ["0.58", "1.68"], [164_000, 80_000], {
    ...deepSeek,
    name: "deepseek-v3",
  }),
  model("deepseek.r1-v1:0", "DeepSeek R1", ["1.35", "5.40"], [128_000, 32_768], {
    name: "deepseek-r1",
    profiles: ["us"],
    reasoning: "always",
    features: [REASONING],
    refuses: [...textOnly, "tools", "response_format.json_schema"],
  }),
  model("openai.gpt-oss-120b-1:0", "gpt-oss 120B", ["0.15", "0.60"], [128_000, 16_384], {
    ...effort,
    factors: { "us-gov": "1.2" },
  }),
  model("openai.gpt-oss-20b-1:0", "gpt-oss 20B", ["0.07", "0.30"], [128_000, 16_384], {
    ...effort,
    factors: { "us-gov": "1.2" },
  }),
  gptOnBedrock(
    "6-astra",
    { input: "10", output: "50" },
    { input: "20", output: "75" },
    usAndGlobal,
  ),
  gptOnBedrock("6-sol", { input: "2", output: "10" }, { input: "4", output: "15" }, usAndGlobal),
  gptOnBedrock(
    "6-luna",
    { input: "0.10", output: "0.50" },
    { input: "0.20", output: "0.75" },
    usAndGlobal,
  ),
  // A promotion; the list price is 5 / 30.
  gptOnBedrock("5.6-sol", { input: "4", output: "20" }, { input: "8", output: "30" }, usAndGlobal),
  gptOnBedrock("5.6-terra", { input: "2", output: "12" }, { input: "4", output: "18" }, [
    "us",
    "in",
    "global",
  ]),
  gptOnBedrock("5.6-luna", { input: "0.20", output: "1.20" }, { input: "0.40", output: "1.80" }, [
    "us",
    "in",
    "global",
  ]),
  // Already with the tenth that a region's own endpoint adds.
  gptMantle("5.5", ["5.5", "33"]),
  gptMantle("5.4", ["2.75", "16.5"]),
  model("qwen.qwen3-235b-a22b-2507-v1:0", "Qwen3 235B", ["0.22", "0.88"], [256_000, 0]),
  model("qwen.qwen3-32b-v1:0", "Qwen3 32B", ["0.15", "0.60"], [32_000, 16_384]),
  // An older table has 0.22 / 1.80.
  model("qwen.qwen3-coder-480b-a35b-v1:0", "Qwen3 Coder 480B", ["0.45", "1.80"], [128_000, 0]),
  model("qwen.qwen3-coder-30b-a3b-v1:0", "Qwen3 Coder 30B", ["0.15", "0.60"], [256_000, 0]),
  model("qwen.qwen3-next-80b-a3b", "Qwen3 Next 80B", ["0.15", "1.20"], [256_000, 0]),
  model("qwen.qwen3-vl-235b-a22b", "Qwen3 VL 235B", ["0.53", "2.66"], [256_000, 0], {
    ...seeing,
  }),
  model("moonshotai.kimi-k3", "Kimi K3", ["3", "15"], [1_000_000, 0], {
    ...seeing,
    reasoning: "effort",
    features: [...seeing.features, REASONING],
    profiles: usAndGlobal,
    factors: tenthMore,
  }),
  model("moonshotai.kimi-k2.5", "Kimi K2.5", ["0.60", "3"], [256_000, 0], {
    ...seeing,
    reasoning: "effort",
    features: [...seeing.features, REASONING],
  }),
  model("moonshot.kimi-k2-thinking", "Kimi K2 Thinking", ["0.60", "2.50"], [256_000, 0], effort),
  model("minimax.minimax-m2.5", "MiniMax M2.5", ["0.30", "1.20"], [200_000, 0]),
  model("minimax.minimax-m2.1", "MiniMax M2.1", ["0.30", "1.20"], [200_000, 0]),
  model("minimax.minimax-m2", "MiniMax M2", ["0.30", "1.20"], [200_000, 0]),
  model("zai.glm-5", "GLM-5", ["1", "3.20"], [200_000, 0]),
  model("zai.glm-4.7", "GLM-4.7", ["0.60", "2.20"], [200_000, 0]),
  model("zai.glm-4.7-flash", "GLM-4.7 Flash", ["0.07", "0.40"], [200_000, 0]),
  model("writer.palmyra-x5-v1:0", "Palmyra X5", ["0.60", "6"], [1_000_000, 0], {
    profiles: ["us"],
  }),
  model("writer.palmyra-x4-v1:0", "Palmyra X4", ["2.50", "10"], [120_000, 0], { profiles: ["us"] }),
  model("xai.grok-4.6", "Grok 4.6", ["2", "6"], [500_000, 0], {
    ...seeing,
    profiles: usAndGlobal,
    factors: tenthMore,
  }),
  model("xai.grok-4.3", "Grok 4.3", ["1.25", "2.50"], [1_000_000, 0], { ...seeing, ...mantleOnly }),
  model("google.gemma-3-27b-it", "Gemma 3 27B", ["0.23", "0.38"], [128_000, 0], seeing),
  model("google.gemma-3-12b-it", "Gemma 3 12B", ["0.09", "0.29"], [128_000, 0], seeing),
  model("google.gemma-3-4b-it", "Gemma 3 4B", ["0.04", "0.08"], [128_000, 0], seeing),
  model("nvidia.nemotron-super-3-120b", "Nemotron Super 3 120B", ["0.15", "0.65"], [256_000, 0]),
  model("nvidia.nemotron-nano-3-30b", "Nemotron Nano 3 30B", ["0.06", "0.24"], [256_000, 0]),
  model("nvidia.nemotron-nano-9b-v2", "Nemotron Nano 9B v2", ["0.06", "0.23"], [128_000, 0]),
];
