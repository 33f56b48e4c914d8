import { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Codec } from "../../../../server/providers/bedrock/codecs/codec.ts";
import type { TokenCounts } from "../../../../server/providers/codec-parts/stream-decoder.ts";
import { openAiAccepts } from "../../../../server/providers/openai/accepts.ts";
import { decodeAnswer, decodeAnswerStream } from "../../../../server/providers/openai/codec.ts";
import { encodeRequest } from "../../../../server/providers/openai/encode-request.ts";
import type { Speech } from "../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../conformance/codec-suite.ts";

/** OpenAI's two directions in the shape of a family on Bedrock, so that the same suite asks the same of them. */
const codec: Codec = {
  family: "openai",
  api: "invoke",
  accepts: openAiAccepts,
  encode: (request, endpoint) => encodeRequest(request, endpoint, "unary"),
  decode: (body, asked) => decodeAnswer(body, asked),
  decodeStream: decodeAnswerStream,
};

const usage = (counts: TokenCounts | undefined) =>
  counts
    ? { prompt_tokens: counts.inputTokens, completion_tokens: counts.outputTokens }
    : undefined;
const whole = (content: unknown, reason?: string) => ({
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: reason ?? null }],
});
const chunk = (delta: object, reason?: string) => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason: reason ?? null }],
  usage: null,
});

describeCodec({
  codec,
  fixtures: "../openai",
  model: "gpt-4o",
  speaker: {
    whole: ({ pieces, reason, counts }: Speech) => ({
      ...whole(pieces.join(""), reason),
      usage: usage(counts),
    }),
    stream: ({ pieces, reason, counts }: Speech) => [
      chunk({ role: "assistant", content: "" }),
      ...pieces.map((content) => chunk({ content })),
      chunk({}, reason),
      ...(counts ? [{ choices: [], usage: usage(counts) }] : []),
    ],
  },
  stopWord: "stop",
  finishReasons: [
    ["stop", FinishReason.STOP],
    ["length", FinishReason.LENGTH],
    ["tool_calls", FinishReason.TOOL_USE],
    ["function_call", FinishReason.TOOL_USE],
    ["content_filter", FinishReason.CONTENT_FILTER],
  ],
  maxTokens: { in: (body) => body.max_completion_tokens, usual: 4096 },
  counts: { byModel: true, byService: false },
  cutsItself: false,
  broken: [
    ["without choices", { choices: [] }],
    ["without a message", { choices: [{ finish_reason: "stop" }] }],
    ["without content", { choices: [{ message: { role: "assistant" }, finish_reason: "stop" }] }],
    ["without a finish reason", whole("Paris.")],
    ["with an empty finish reason", whole("Paris.", "")],
    [
      "a tool use without an id",
      {
        choices: [
          { message: { tool_calls: [{ function: { name: "a" } }] }, finish_reason: "tool_calls" },
        ],
      },
    ],
  ],
});
