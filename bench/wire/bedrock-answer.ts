import { answer, differentTokens, inputTokens, tokenAt } from "../answers.ts";
import { encodeChunk } from "./event-stream.ts";

/** The body of an InvokeModel answer of Claude. */
export const wholeAnswer = Buffer.from(
  JSON.stringify({
    id: "msg_bdrk_bench",
    type: "message",
    role: "assistant",
    model: "claude-3-5-sonnet-20240620",
    content: [{ type: "text", text: answer }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: inputTokens, output_tokens: 100 },
  }),
);

/** The frames before a stream's first token. */
export const streamStart = Buffer.concat([
  encodeChunk({
    type: "message_start",
    message: {
      id: "msg_bdrk_bench",
      type: "message",
      role: "assistant",
      model: "claude-3-5-sonnet-20240620",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: inputTokens, output_tokens: 1 },
    },
  }),
  encodeChunk({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
]);

const tokenFrames = Array.from({ length: differentTokens }, (_, position) =>
  encodeChunk({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: tokenAt(position) },
  }),
);

/** The frame of the token at a position, from 0. */
export function tokenFrame(position: number): Buffer {
  return tokenFrames[position % differentTokens] ?? Buffer.alloc(0);
}

/** The frames after a stream's last token. */
export function streamEnd(outputTokens: number): Buffer {
  return Buffer.concat([
    encodeChunk({ type: "content_block_stop", index: 0 }),
    encodeChunk({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: outputTokens },
    }),
    encodeChunk({
      type: "message_stop",
      "amazon-bedrock-invocationMetrics": {
        inputTokenCount: inputTokens,
        outputTokenCount: outputTokens,
        invocationLatency: 1234,
        firstByteLatency: 456,
      },
    }),
  ]);
}
