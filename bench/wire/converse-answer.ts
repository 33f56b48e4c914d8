import { answer, differentTokens, inputTokens, tokenAt } from "../answers.ts";
import { encodeEvent } from "./event-stream.ts";

/** The body of a Converse answer; the peer asks Bedrock this way. */
export const converseAnswer = Buffer.from(
  JSON.stringify({
    metrics: { latencyMs: 1234 },
    output: { message: { content: [{ text: answer }], role: "assistant" } },
    stopReason: "end_turn",
    usage: { inputTokens, outputTokens: 100, totalTokens: inputTokens + 100 },
  }),
);

/** The frames before a ConverseStream's first token. */
export const converseStart = encodeEvent("messageStart", { role: "assistant" });

const tokenFrames = Array.from({ length: differentTokens }, (_, position) =>
  encodeEvent("contentBlockDelta", {
    contentBlockIndex: 0,
    delta: { text: tokenAt(position) },
    p: "abcdefghijklmnop",
  }),
);

/** The frame of the token at a position, from 0. */
export function converseToken(position: number): Buffer {
  return tokenFrames[position % differentTokens] ?? Buffer.alloc(0);
}

/** The frames after a ConverseStream's last token. */
export function converseEnd(outputTokens: number): Buffer {
  return Buffer.concat([
    encodeEvent("contentBlockStop", { contentBlockIndex: 0 }),
    encodeEvent("messageStop", { stopReason: "end_turn" }),
    encodeEvent("metadata", {
      metrics: { latencyMs: 1234 },
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    }),
  ]);
}
