import type { Accepts } from "../accepts.ts";

/** How many stop sequences a model looks for itself (OpenAI: Create chat completion); the gateway looks for the others. */
export const mostNativeStops = 4;

/** What OpenAI's models can be asked. What single ones refuse, such as `temperature`, stands in their traits. */
export const openAiAccepts: Accepts = {
  name: "OpenAI",
  temperature: 2,
  topP: true,
  topK: false,
  seed: true,
  stopSequences: 16,
  // Reasoning is not given back, and most models cache by themselves; both are left out rather than refused.
  blocks: new Set([
    "text",
    "image",
    "document",
    "toolUse",
    "toolResult",
    "reasoning",
    "cachePoint",
  ]),
  tools: true,
  jsonSchema: true,
  reasoning: true,
  systemCachePoint: true,
};
