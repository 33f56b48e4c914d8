import { ModelFeature } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { ModelEntry } from "./model-entry.ts";

// Amazon's own models. Sources: AWS Bedrock pricing, model cards and lifecycle page (July to October 2026). Nova's cache
// writes cost what input costs, and are not kept for an hour.

const { TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE, REASONING } = ModelFeature;
const nova = [TOOLS, IMAGES, DOCUMENTS, JSON_SCHEMA, PROMPT_CACHE];

/** Nova 1 is sold dearer outside the United States (AWS: Bedrock pricing by region). */
const nova1Factors = { us: "1", apac: "1.05", ca: "1.06", eu: "1.15" };

/** The guide's price for output is a third of the public one; the guide's stays. */
export const titanTextExpress: ModelEntry = {
  id: "amazon.titan-text-express-v1",
  name: "titan-text-express",
  displayName: "Titan Text Express",
  family: "titan",
  regions: [
    "us-east-1",
    "us-west-2",
    "ap-south-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
  ],
  contextWindowTokens: 8192,
  maxOutputTokens: 8192,
  prices: [{ input: "0.20", output: "0.20" }],
  publicPrice: { input: "0.20", output: "0.60" },
  // Gone from AWS's listing in August 2026; the exact day is not known.
  endOfLife: "2026-08-01",
  replacement: "amazon.nova-lite-v1:0",
};

/** Nova, newest first, and the other Titans. */
export const amazonModels: readonly ModelEntry[] = [
  {
    id: "amazon.nova-2-pro-preview-20251202-v1:0",
    name: "nova-2-pro-preview",
    displayName: "Nova 2 Pro (preview)",
    family: "nova",
    profiles: ["us"],
    contextWindowTokens: 1_000_000,
    maxOutputTokens: 64_000,
    prices: [{ input: "2.1875", output: "17.50" }],
    features: [...nova, REASONING],
    reasoning: "effort",
  },
  {
    id: "amazon.nova-2-lite-v1:0",
    name: "nova-2-lite",
    displayName: "Nova 2 Lite",
    family: "nova",
    profiles: ["us", "eu", "jp", "global"],
    contextWindowTokens: 1_000_000,
    maxOutputTokens: 64_000,
    prices: [{ input: "0.30", output: "2.50", cacheRead: "0.075", cacheWrite: "0.30" }],
    // The European and Japanese ones are rounded in the sources, and have no cache prices there.
    profilePrices: {
      us: { input: "0.33", output: "2.75", cacheRead: "0.0825", cacheWrite: "0.33" },
      eu: { input: "0.37", output: "3.16" },
      jp: { input: "0.40", output: "3.31" },
    },
    features: [...nova, REASONING],
    reasoning: "effort",
  },
  {
    id: "amazon.nova-premier-v1:0",
    name: "nova-premier",
    displayName: "Nova Premier",
    family: "nova",
    profiles: ["us"],
    contextWindowTokens: 1_000_000,
    maxOutputTokens: 10_000,
    prices: [{ input: "2.50", output: "12.50", cacheRead: "0.625", cacheWrite: "2.50" }],
    endOfLife: "2026-09-14",
    replacement: "amazon.nova-pro-v1:0",
    features: nova,
  },
  {
    id: "amazon.nova-pro-v1:0",
    name: "nova-pro",
    displayName: "Nova Pro",
    family: "nova",
    profiles: ["us", "eu", "apac"],
    onDemand: true,
    regions: ["us-east-1"],
    contextWindowTokens: 300_000,
    maxOutputTokens: 10_000,
    prices: [{ input: "0.80", output: "3.20", cacheRead: "0.20", cacheWrite: "0.80" }],
    factors: nova1Factors,
    features: nova,
  },
  {
    id: "amazon.nova-lite-v1:0",
    name: "nova-lite",
    displayName: "Nova Lite",
    family: "nova",
    profiles: ["us", "eu", "apac", "ca"],
    onDemand: true,
    regions: ["us-east-1"],
    contextWindowTokens: 300_000,
    maxOutputTokens: 10_000,
    prices: [{ input: "0.06", output: "0.24", cacheRead: "0.015", cacheWrite: "0.06" }],
    factors: nova1Factors,
    features: nova,
  },
  {
    id: "amazon.nova-micro-v1:0",
    name: "nova-micro",
    displayName: "Nova Micro",
    // The cheapest current model that AWS makes itself and sells in most regions.
    aliases: ["cheap"],
    family: "nova",
    profiles: ["us", "eu", "apac"],
    onDemand: true,
    regions: ["us-east-1"],
    contextWindowTokens: 128_000,
    maxOutputTokens: 10_000,
    prices: [{ input: "0.035", output: "0.14", cacheRead: "0.00875", cacheWrite: "0.035" }],
    factors: nova1Factors,
    features: [TOOLS, JSON_SCHEMA, PROMPT_CACHE],
    refuses: ["messages.image", "messages.document"],
  },
  {
    id: "amazon.titan-text-premier-v1:0",
    name: "titan-text-premier",
    displayName: "Titan Text Premier",
    family: "titan",
    contextWindowTokens: 32_000,
    maxOutputTokens: 3072,
    prices: [{ input: "0.50", output: "1.50" }],
    // Past its end; the exact day is not known.
    endOfLife: "2026-08-01",
    replacement: "amazon.nova-lite-v1:0",
  },
  {
    id: "amazon.titan-text-lite-v1",
    name: "titan-text-lite",
    displayName: "Titan Text Lite",
    family: "titan",
    contextWindowTokens: 4096,
    maxOutputTokens: 4096,
    prices: [{ input: "0.15", output: "0.20" }],
    // Past its end; the exact day is not known.
    endOfLife: "2026-08-01",
    replacement: "amazon.nova-micro-v1:0",
  },
];
