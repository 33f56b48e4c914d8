import { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ModelEntry } from "../../server/routing/models/model-entry.ts";

/** A retired model, sold by its own id, at the guide's price. */
export const oldHaiku: ModelEntry = {
  id: "anthropic.claude-3-haiku-20240307-v1:0",
  name: "claude-3-haiku",
  displayName: "Claude 3 Haiku",
  family: "anthropic",
  aliases: ["gpt-3.5-turbo"],
  profiles: ["us", "eu", "apac"],
  onDemand: true,
  contextWindowTokens: 200_000,
  maxOutputTokens: 4096,
  prices: [{ input: "0.25", output: "1.25" }],
  publicPrice: { input: "0.30", output: "1.25" },
  endOfLife: "2026-09-10",
  replacement: "anthropic.claude-next-v1:0",
};

/** A model that only profiles can call, dearer there, with all that a price can have. */
export const nextClaude: ModelEntry = {
  id: "anthropic.claude-next-v1:0",
  name: "claude-next",
  displayName: "Claude Next",
  family: "anthropic",
  aliases: ["fast"],
  profiles: ["us", "eu", "jp", "global"],
  contextWindowTokens: 1_000_000,
  maxOutputTokens: 128_000,
  prices: [
    { input: "2", output: "10", cacheRead: "0.2", cacheWrite: "2.5", cacheWrite1h: "4" },
    {
      from: "2026-12-01",
      input: "1",
      output: "5",
      longPrompt: { aboveTokens: 100_000, input: "2", output: "7.5" },
    },
  ],
  factors: { us: "1.1", eu: "1.1", jp: "1.15" },
  tierFactors: { [ServiceTier.FLEX]: "0.5" },
  refuses: ["temperature"],
  reasoning: "adaptive",
  jsonSchema: "format",
};

/** A model of another family, with a price of its own in one region. */
export const smallLlama: ModelEntry = {
  id: "meta.llama3-8b-instruct-v1:0",
  name: "llama3-8b",
  displayName: "Llama 3 8B",
  family: "llama",
  contextWindowTokens: 8192,
  maxOutputTokens: 2048,
  prices: [{ input: "0.30", output: "0.60" }],
  regionPrices: { "eu-west-2": { input: "0.39", output: "0.78" } },
};

/** OpenAI's model of the name that old Haiku has as an alias. */
export const openAiTurbo: ModelEntry = {
  id: "gpt-3.5-turbo",
  name: "gpt-3.5-turbo",
  displayName: "GPT-3.5 Turbo",
  provider: "openai",
  family: "openai",
  contextWindowTokens: 16_385,
  maxOutputTokens: 4096,
  prices: [{ input: "0.50", output: "1.50" }],
};

/** All of them. */
export const sampleEntries: readonly ModelEntry[] = [oldHaiku, nextClaude, smallLlama, openAiTurbo];
