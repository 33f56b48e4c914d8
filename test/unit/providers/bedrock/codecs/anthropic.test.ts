import { FinishReason } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { anthropic } from "../../../../../server/providers/bedrock/codecs/anthropic.ts";
import type { TokenCounts } from "../../../../../server/providers/codec-parts/stream-decoder.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";

const usageOf = (counts: TokenCounts | undefined) =>
  counts && { input_tokens: counts.inputTokens, output_tokens: counts.outputTokens };

const broken = (change: object) => ({
  content: [{ type: "text", text: "Paris." }],
  stop_reason: "end_turn",
  ...change,
});
const toolUse = (change: object) =>
  broken({ content: [{ type: "tool_use", id: "toolu_1", name: "weather", input: {}, ...change }] });

describeCodec({
  codec: anthropic,
  fixtures: "anthropic",
  model: "anthropic.claude-3-5-sonnet-20240620-v1:0",
  speaker: {
    whole: ({ pieces, reason, counts }: Speech) => ({
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: pieces.join("") }],
      stop_reason: reason ?? null,
      stop_sequence: null,
      usage: usageOf(counts),
    }),
    stream: ({ pieces, reason, counts, metrics }: Speech) => [
      {
        type: "message_start",
        message: { content: [], usage: { ...usageOf(counts), output_tokens: 1 } },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      ...pieces.map((text) => ({
        type: "content_block_delta",
        index: 0,
        delta: { type: "text_delta", text },
      })),
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: reason ?? null, stop_sequence: null },
        usage: { output_tokens: counts?.outputTokens },
      },
      { type: "message_stop", ...metricsMember(metrics) },
    ],
  },
  stopWord: "end_turn",
  finishReasons: [
    ["end_turn", FinishReason.STOP],
    ["max_tokens", FinishReason.LENGTH],
    ["stop_sequence", FinishReason.STOP_SEQUENCE],
    ["tool_use", FinishReason.TOOL_USE],
    ["refusal", FinishReason.REFUSAL],
    ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
    ["guardrail_intervened", FinishReason.CONTENT_FILTER],
    ["pause_turn", FinishReason.OTHER],
  ],
  maxTokens: { in: (body) => body.max_tokens, usual: 4096 },
  counts: { byModel: true, byService: true },
  cutsItself: false,
  continued: {
    in: ({ messages }) => {
      const { role, content } = messages.at(-1);
      return role === "assistant" ? content.at(-1).text : "";
    },
  },
  broken: [
    ["without content", broken({ content: undefined })],
    ["with a text for content", broken({ content: "Paris." })],
    ["without a stop reason", broken({ stop_reason: null })],
    ["a tool use without an id", toolUse({ id: undefined })],
    ["a tool use without a name", toolUse({ name: "" })],
    ["a tool use whose arguments are a list", toolUse({ input: [] })],
    ["a tool use whose arguments are a text", toolUse({ input: "{}" })],
  ],
});
