import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { ModelEntry } from "./model-entry.ts";

// Claude before 4.5, but for the guide's three. Sources as in anthropic.ts. These cost the same through every geography.

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING } = ModelFeature;
const cached = [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE];
/** The newest that take every field which these take. */
const sonnet = "anthropic.claude-sonnet-4-6";
const opus = "anthropic.claude-opus-4-6-v1";

const sonnetPrice = {
  input: "3",
  output: "15",
  cacheRead: "0.3",
  cacheWrite: "3.75",
  cacheWrite1h: "6",
};
const opusPrice = {
  input: "15",
  output: "75",
  cacheRead: "1.5",
  cacheWrite: "18.75",
  cacheWrite1h: "30",
};

const entries: readonly ModelEntry[] = [
  {
    id: "anthropic.claude-opus-4-1-20250805-v1:0",
    name: "claude-opus-4-1",
    displayName: "Claude Opus 4.1",
    family: "anthropic",
    profiles: ["us"],
    contextWindowTokens: 200_000,
    maxOutputTokens: 32_000,
    prices: [opusPrice],
    isLegacy: true,
    endOfLife: "2027-01-08",
    replacement: opus,
    features: [...cached, REASONING],
    reasoning: "budget",
  },
  {
    id: "anthropic.claude-sonnet-4-20250514-v1:0",
    name: "claude-sonnet-4",
    displayName: "Claude Sonnet 4",
    family: "anthropic",
    profiles: ["us", "eu", "apac", "global"],
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prices: [sonnetPrice],
    endOfLife: "2026-10-14",
    replacement: sonnet,
    features: [...cached, REASONING],
    reasoning: "budget",
  },
  {
    id: "anthropic.claude-opus-4-20250514-v1:0",
    name: "claude-opus-4",
    displayName: "Claude Opus 4",
    family: "anthropic",
    profiles: ["us"],
    contextWindowTokens: 200_000,
    maxOutputTokens: 32_000,
    prices: [opusPrice],
    // About the end of May 2026; the exact day is not known.
    endOfLife: "2026-05-31",
    replacement: opus,
    features: [...cached, REASONING],
    reasoning: "budget",
  },
  {
    id: "anthropic.claude-3-7-sonnet-20250219-v1:0",
    name: "claude-3-7-sonnet",
    displayName: "Claude 3.7 Sonnet",
    family: "anthropic",
    profiles: ["us", "eu", "apac"],
    contextWindowTokens: 200_000,
    maxOutputTokens: 64_000,
    prices: [sonnetPrice],
    endOfLife: "2026-04-28",
    replacement: sonnet,
    features: [...cached, REASONING],
    reasoning: "budget",
  },
  {
    id: "anthropic.claude-3-5-haiku-20241022-v1:0",
    name: "claude-3-5-haiku",
    displayName: "Claude 3.5 Haiku",
    family: "anthropic",
    profiles: ["us"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 8192,
    prices: [
      { input: "0.8", output: "4", cacheRead: "0.08", cacheWrite: "1", cacheWrite1h: "1.6" },
    ],
    endOfLife: "2026-06-19",
    replacement: "anthropic.claude-haiku-4-5-20251001-v1:0",
    // It reads no pictures on Bedrock (AWS: Supported models and model features).
    features: [TOOLS, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE],
    refuses: ["messages.image"],
  },
  {
    id: "anthropic.claude-3-5-sonnet-20241022-v2:0",
    name: "claude-3-5-sonnet-v2",
    displayName: "Claude 3.5 Sonnet v2",
    family: "anthropic",
    profiles: ["us", "apac"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 8192,
    prices: [sonnetPrice],
    endOfLife: "2026-07-30",
    replacement: sonnet,
    features: cached,
  },
  {
    id: "anthropic.claude-3-sonnet-20240229-v1:0",
    name: "claude-3-sonnet",
    displayName: "Claude 3 Sonnet",
    family: "anthropic",
    profiles: ["us", "eu", "apac"],
    onDemand: true,
    contextWindowTokens: 200_000,
    maxOutputTokens: 4096,
    prices: [{ input: "3", output: "15" }],
    endOfLife: "2026-07-30",
    replacement: sonnet,
    features: [TOOLS, IMAGES, JSON_SCHEMA],
    refuses: ["messages.document", "messages.cache_point", "system_cache_point"],
  },
];

/** Newest first. All of them go on with a last message of their own. */
export const claudesBefore45: readonly ModelEntry[] = entries.map((entry) => ({
  ...entry,
  continuation: "prefill",
}));
