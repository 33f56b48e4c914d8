import { FinishReason } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { converse } from "../../../../../server/providers/bedrock/codecs/converse.ts";
import type { Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";

const body = (content: unknown, stopReason: unknown) => ({
  output: { message: { role: "assistant", content } },
  stopReason,
});
const toolUse = (change: object) =>
  body(
    [{ toolUse: { toolUseId: "tooluse_1", name: "weather", input: {}, ...change } }],
    "end_turn",
  );

describeCodec({
  codec: converse,
  fixtures: "converse",
  model: "deepseek.v3-v1:0",
  speaker: {
    whole: ({ pieces, reason, counts }: Speech) => ({
      ...body([{ text: pieces.join("") }], reason),
      usage: counts,
      metrics: { latencyMs: 951 },
    }),
    stream: ({ pieces, reason, counts }: Speech) => [
      { messageStart: { role: "assistant", p: "abc" } },
      ...pieces.map((text) => ({
        contentBlockDelta: { contentBlockIndex: 0, delta: { text }, p: "abcd" },
      })),
      { contentBlockStop: { contentBlockIndex: 0, p: "ab" } },
      { messageStop: { stopReason: reason, p: "abcde" } },
      { metadata: { usage: counts, metrics: { latencyMs: 481 }, p: "abc" } },
    ],
  },
  stopWord: "end_turn",
  finishReasons: [
    ["end_turn", FinishReason.STOP],
    ["tool_use", FinishReason.TOOL_USE],
    ["max_tokens", FinishReason.LENGTH],
    ["stop_sequence", FinishReason.STOP_SEQUENCE],
    ["guardrail_intervened", FinishReason.CONTENT_FILTER],
    ["content_filtered", FinishReason.CONTENT_FILTER],
    ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
    ["refusal", FinishReason.REFUSAL],
    ["malformed_model_output", FinishReason.OTHER],
    ["malformed_tool_use", FinishReason.OTHER],
  ],
  maxTokens: { in: (body) => body.inferenceConfig.maxTokens, usual: 4096 },
  counts: { byModel: true, byService: false },
  cutsItself: false,
  broken: [
    ["without content", body(undefined, "end_turn")],
    ["with a text for content", body("Paris.", "end_turn")],
    ["without a message", { output: {}, stopReason: "end_turn" }],
    ["with an empty stop reason", body([{ text: "Paris." }], "")],
    ["a tool use without an id", toolUse({ toolUseId: undefined })],
    ["a tool use without a name", toolUse({ name: undefined })],
    ["a tool use whose arguments are a list", toolUse({ input: [] })],
  ],
});
