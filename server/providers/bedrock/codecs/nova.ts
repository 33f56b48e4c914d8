import type { Codec } from "./codec.ts";
import { decodeConverseAnswer } from "./converse-answer.ts";
import { decodeConverseStream } from "./converse-stream.ts";
import { encodeNova, usualJsonOfNova } from "./nova-request.ts";

/** Amazon Nova through InvokeModel, but for documents, which it takes through Converse only (AWS: Amazon Nova, Invoke API). */
export const nova: Codec = {
  family: "nova",
  api: "invoke",
  accepts: {
    name: "Nova",
    temperature: 1,
    topP: true,
    topK: true,
    seed: false,
    stopSequences: 16,
    blocks: new Set(["text", "image", "toolUse", "toolResult", "reasoning", "cachePoint"]),
    tools: true,
    jsonSchema: true,
    reasoning: true,
    systemCachePoint: true,
  },
  throughConverse: new Set(["document"]),
  encode: encodeNova,
  decode: (body, asked, counts) => decodeConverseAnswer(body, asked, counts, usualJsonOfNova),
  decodeStream: (asked) => decodeConverseStream(asked, usualJsonOfNova),
};
