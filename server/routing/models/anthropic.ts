import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { RefusableField } from "../../core/model-traits.ts";
import type { DatedPrice, Geography, ModelEntry } from "./model-entry.ts";

// Anthropic on Bedrock. Ids, profiles and ends of life: AWS model cards and lifecycle page (July to October 2026), and
// listings of us-west-2. Prices: Anthropic's and AWS's pages, held against the tables of Portkey, genai-prices and litellm
// (August to October 2026). What models refuse: Anthropic's migration guides, and probes of us-west-2 (October 2026).

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING } = ModelFeature;

const early = [TOOLS, IMAGES, JSON_SCHEMA];
const cached = [...early, DOCUMENTS, PROMPT_CACHE];
const reasons = [...cached, REASONING];

/** Claude 3 reads no PDFs, and neither it nor the first 3.5 Sonnet caches prompts on Bedrock. */
const noCache: readonly RefusableField[] = ["messages.cache_point", "system_cache_point"];
const claude3: readonly RefusableField[] = ["messages.document", ...noCache];

/** From Opus 4.7 on, sampling is the model's own and reasoning takes no budget. */
const noSampling: readonly RefusableField[] = [
  "temperature",
  "top_p",
  "top_k",
  "reasoning.budget_tokens",
];
/** Opus 5.5, Sonnet 5.5 and Fable 5.1 always may reason, and cannot be forced to a tool. */
const unforced: readonly RefusableField[] = [
  ...noSampling,
  "reasoning.none",
  "tool_choice.any",
  "tool_choice.tool_name",
];

/** Since 4.5, profiles of a geography and the model's own id cost a tenth more than `global.` (AWS: Bedrock pricing). */
const tenthMore = { us: "1.1", eu: "1.1", jp: "1.1", au: "1.1", "": "1.1", "us-gov": "1.2" };

const everywhere: readonly Geography[] = ["us", "eu", "jp", "au", "global"];

/** Input, output, cache read, five-minute write and one-hour write (twice the input), each as the pages print it. */
function price(
  ...[input, output, cacheRead, cacheWrite, cacheWrite1h]: [string, string, string, string, string]
): DatedPrice {
  return { input, output, cacheRead, cacheWrite, cacheWrite1h };
}

type Facts = Omit<ModelEntry, "id" | "family"> & { readonly id: string };

function claude({ id, ...facts }: Facts): ModelEntry {
  return { id: `anthropic.${id}`, family: "anthropic", ...facts };
}

/** Claude before 4.6 goes on with a last message of its own; from then on it refuses one (Anthropic: Migrating to 4.6). */
function claudeWithPrefill(facts: Facts): ModelEntry {
  return claude({ ...facts, continuation: "prefill" });
}

/** A model of 2026: no date in its id, a million tokens of context, dearer by geography. */
function claude2026({
  id,
  ...facts
}: Partial<ModelEntry> & Pick<Facts, "id" | "prices" | "displayName">) {
  return claude({
    id,
    name: id,
    profiles: everywhere,
    contextWindowTokens: 1_000_000,
    maxOutputTokens: 128_000,
    factors: tenthMore,
    features: reasons,
    reasoning: "adaptive",
    refuses: noSampling,
    ...facts,
  });
}

const opusPrice = price("5", "25", "0.5", "6.25", "10");

/** The guide's own three, at the guide's prices, which are the public ones. */
export const guideClaudes: readonly ModelEntry[] = [
  claudeWithPrefill({
    id: "claude-3-5-sonnet-20240620-v1:0",
    name: "claude-3-5-sonnet",
    displayName: "Claude 3.5 Sonnet",
    aliases: ["claude-3.5-sonnet", "gpt-4-turbo"],
    profiles: ["us", "eu", "apac"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    prices: [{ input: "3.00", output: "15.00" }],
    endOfLife: "2026-07-30",
    replacement: "anthropic.claude-sonnet-4-6",
    features: [...early, DOCUMENTS],
    refuses: noCache,
  }),
  claudeWithPrefill({
    id: "claude-3-haiku-20240307-v1:0",
    name: "claude-3-haiku",
    displayName: "Claude 3 Haiku",
    aliases: ["gpt-3.5-turbo"],
    profiles: ["us", "eu", "apac"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    prices: [{ input: "0.25", output: "1.25" }],
    endOfLife: "2026-09-10",
    replacement: "anthropic.claude-haiku-4-5-20251001-v1:0",
    features: early,
    refuses: claude3,
  }),
  claudeWithPrefill({
    id: "claude-3-opus-20240229-v1:0",
    name: "claude-3-opus",
    displayName: "Claude 3 Opus",
    aliases: ["gpt-4"],
    profiles: ["us"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    prices: [{ input: "15.00", output: "75.00" }],
    // Retired before July 2026; the exact day is not known.
    endOfLife: "2026-06-30",
    replacement: "anthropic.claude-opus-4-6-v1",
    features: early,
    refuses: claude3,
  }),
];

/** The others, newest first. */
export const otherClaudes: readonly ModelEntry[] = [
  claude2026({
    id: "claude-haiku-5-5",
    displayName: "Claude Haiku 5.5",
    // The quickest current model of a known maker, and cheap up to 100,000 tokens.
    aliases: ["claude-haiku", "fast"],
    prices: [
      {
        ...price("0.10", "0.50", "0.01", "0.125", "0.20"),
        longPrompt: {
          aboveTokens: 100_000,
          ...price("0.50", "2.50", "0.05", "0.625", "1.00"),
        },
      },
    ],
  }),
  claude2026({
    id: "claude-sonnet-5-5",
    displayName: "Claude Sonnet 5.5",
    aliases: ["claude-sonnet"],
    prices: [
      price("2", "10", "0.2", "2.5", "4"),
      { from: "2026-10-07", ...price("2", "10", "0.1", "2.5", "4") },
    ],
    refuses: unforced,
  }),
  claude2026({
    id: "claude-opus-5-5",
    displayName: "Claude Opus 5.5",
    aliases: ["claude-opus"],
    prices: [price("4", "20", "0.2", "5", "8")],
    refuses: unforced,
  }),
  claude2026({
    id: "claude-fable-5-1",
    displayName: "Claude Fable 5.1",
    profiles: ["us", "global"],
    prices: [price("10", "50", "0.25", "12.5", "20")],
    refuses: unforced,
  }),
  claude2026({ id: "claude-opus-5", displayName: "Claude Opus 5", prices: [opusPrice] }),
  claude2026({
    id: "claude-sonnet-5",
    displayName: "Claude Sonnet 5",
    // One table has 3 / 15 from September 2026; Anthropic's own pages still say 2 / 10.
    prices: [price("2", "10", "0.2", "2.5", "4")],
  }),
  claude2026({
    id: "claude-fable-5",
    displayName: "Claude Fable 5",
    profiles: ["us", "eu", "global"],
    prices: [price("10", "50", "1", "12.5", "20")],
  }),
  claude2026({ id: "claude-opus-4-8", displayName: "Claude Opus 4.8", prices: [opusPrice] }),
  claude2026({ id: "claude-opus-4-7", displayName: "Claude Opus 4.7", prices: [opusPrice] }),
  claude2026({
    id: "claude-sonnet-4-6",
    displayName: "Claude Sonnet 4.6",
    maxOutputTokens: 64_000,
    prices: [price("3", "15", "0.3", "3.75", "6")],
    reasoning: "budget",
    refuses: [],
  }),
  claude2026({
    id: "claude-opus-4-6-v1",
    name: "claude-opus-4-6",
    displayName: "Claude Opus 4.6",
    profiles: ["us", "eu", "au", "global"],
    prices: [opusPrice],
    reasoning: "budget",
    refuses: [],
    jsonSchema: "format",
  }),
  claudeWithPrefill({
    id: "claude-opus-4-5-20251101-v1:0",
    name: "claude-opus-4-5",
    displayName: "Claude Opus 4.5",
    profiles: ["us", "eu", "global"],
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prices: [opusPrice],
    factors: tenthMore,
    features: reasons,
    reasoning: "budget",
    jsonSchema: "format",
  }),
  claudeWithPrefill({
    id: "claude-haiku-4-5-20251001-v1:0",
    name: "claude-haiku-4-5",
    displayName: "Claude Haiku 4.5",
    profiles: everywhere,
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prices: [price("1", "5", "0.1", "1.25", "2")],
    factors: tenthMore,
    features: reasons,
    reasoning: "budget",
  }),
  claudeWithPrefill({
    id: "claude-sonnet-4-5-20250929-v1:0",
    name: "claude-sonnet-4-5",
    displayName: "Claude Sonnet 4.5",
    profiles: everywhere,
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prices: [price("3", "15", "0.3", "3.75", "6")],
    factors: tenthMore,
    features: reasons,
    reasoning: "budget",
    jsonSchema: "format",
  }),
];
