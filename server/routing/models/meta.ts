import type { ModelEntry } from "./model-entry.ts";

// Meta on Bedrock. Sources: AWS Bedrock pricing, model cards and lifecycle page (July to October 2026), listing of
// us-west-2 (August 2026). InvokeModel writes at most 2,048 tokens (AWS: Meta Llama request), whatever the card says.

const maxOutputTokens = 2048;
const scout = "meta.llama4-scout-17b-instruct-v1:0";

/** Not in two of the guide's own regions, eu-central-1 and ap-southeast-1. */
const llama3Regions = [
  "us-east-1",
  "us-west-1",
  "us-west-2",
  "ca-central-1",
  "eu-west-1",
  "eu-west-2",
  "ap-south-1",
  "sa-east-1",
];

/** The guide's two. Its prices stay in every region, although AWS asks more, and more again outside the United States. */
export const guideLlamas: readonly ModelEntry[] = [
  {
    id: "meta.llama3-70b-instruct-v1:0",
    name: "llama3-70b",
    displayName: "Llama 3 70B Instruct",
    family: "llama",
    contextWindowTokens: 8192,
    maxOutputTokens,
    regions: llama3Regions,
    prices: [{ input: "0.99", output: "0.99" }],
    publicPrice: { input: "2.65", output: "3.50" },
  },
  {
    id: "meta.llama3-8b-instruct-v1:0",
    name: "llama3-8b",
    displayName: "Llama 3 8B Instruct",
    family: "llama",
    contextWindowTokens: 8192,
    maxOutputTokens,
    regions: llama3Regions,
    prices: [{ input: "0.30", output: "0.30" }],
    // Some tables have 0.40 for input.
    publicPrice: { input: "0.30", output: "0.60" },
  },
];

/** A model of one price for input and output. */
function llama(
  version: string,
  displayName: string,
  usd: string,
  facts: Partial<ModelEntry> = {},
): ModelEntry {
  return {
    id: `meta.llama${version}-instruct-v1:0`,
    name: `llama${version}`,
    displayName,
    family: "llama",
    profiles: ["us"],
    contextWindowTokens: 128_000,
    maxOutputTokens,
    prices: [{ input: usd, output: usd }],
    ...facts,
  };
}

const ended = { endOfLife: "2026-07-07", replacement: scout };

/** The others, newest first. */
export const otherLlamas: readonly ModelEntry[] = [
  llama("4-maverick-17b", "Llama 4 Maverick 17B", "0", {
    contextWindowTokens: 1_000_000,
    prices: [{ input: "0.24", output: "0.97" }],
  }),
  llama("4-scout-17b", "Llama 4 Scout 17B", "0", {
    contextWindowTokens: 3_500_000,
    prices: [{ input: "0.17", output: "0.66" }],
  }),
  llama("3-3-70b", "Llama 3.3 70B Instruct", "0.72"),
  llama("3-2-90b", "Llama 3.2 90B Instruct", "0.72", ended),
  llama("3-2-11b", "Llama 3.2 11B Instruct", "0.16", ended),
  llama("3-2-3b", "Llama 3.2 3B Instruct", "0.15", { ...ended, profiles: ["us", "eu"] }),
  llama("3-2-1b", "Llama 3.2 1B Instruct", "0.10", { ...ended, profiles: ["us", "eu"] }),
  llama("3-1-405b", "Llama 3.1 405B Instruct", "2.40", ended),
  llama("3-1-70b", "Llama 3.1 70B Instruct", "0.72", { onDemand: true, regions: ["us-west-2"] }),
  llama("3-1-8b", "Llama 3.1 8B Instruct", "0.22", { onDemand: true, regions: ["us-west-2"] }),
];
