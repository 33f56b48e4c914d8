import { decodeAnthropicAnswer } from "./anthropic-answer.ts";
import { encodeAnthropic } from "./anthropic-request.ts";
import { decodeAnthropicStream } from "./anthropic-stream.ts";
import type { Codec } from "./codec.ts";

/** Claude on Bedrock: the Messages body (AWS: Anthropic Claude Messages API). */
export const anthropic: Codec = {
  family: "anthropic",
  api: "invoke",
  accepts: {
    name: "Claude",
    temperature: 1,
    topP: true,
    topK: true,
    seed: false,
    stopSequences: 16,
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
  },
  continuation: "prefill",
  encode: encodeAnthropic,
  decode: decodeAnthropicAnswer,
  decodeStream: decodeAnthropicStream,
};
