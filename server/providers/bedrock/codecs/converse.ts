import type { Codec } from "./codec.ts";
import { decodeConverseAnswer } from "./converse-answer.ts";
import { encodeConverse, usualJsonOfConverse } from "./converse-request.ts";
import { decodeConverseStream } from "./converse-stream.ts";

/** Every model through the uniform API: those of other families too, where the operator says so (AWS: Converse). */
export const converse: Codec = {
  family: "converse",
  api: "converse",
  accepts: {
    name: "Converse",
    temperature: 1,
    topP: true,
    // Two that only some makers' models take: `encode` refuses them for the others.
    topK: true,
    seed: true,
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
  encode: encodeConverse,
  decode: (body, asked, counts) => decodeConverseAnswer(body, asked, counts, usualJsonOfConverse),
  decodeStream: (asked) => decodeConverseStream(asked, usualJsonOfConverse),
};
