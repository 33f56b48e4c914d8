import { FinishReason } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { nova } from "../../../../../server/providers/bedrock/codecs/nova.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";

const body = (content: unknown, stopReason: unknown) => ({
  output: { message: { role: "assistant", content } },
  stopReason,
});

describeCodec({
  codec: nova,
  fixtures: "nova",
  model: "us.amazon.nova-lite-v1:0",
  speaker: {
    whole: ({ pieces, reason, counts }: Speech) => ({
      ...body([{ text: pieces.join("") }], reason),
      usage: counts,
    }),
    // Every token of a text is a block of its own: a delta and a stop under a number that only grows.
    stream: ({ pieces, reason, counts, metrics }: Speech) => [
      { messageStart: { role: "assistant" } },
      ...pieces.flatMap((text, contentBlockIndex) => [
        { contentBlockDelta: { delta: { text }, contentBlockIndex } },
        { contentBlockStop: { contentBlockIndex } },
      ]),
      { messageStop: { stopReason: reason } },
      { metadata: { usage: counts, metrics: {}, trace: {} }, ...metricsMember(metrics) },
    ],
  },
  stopWord: "end_turn",
  finishReasons: [
    ["end_turn", FinishReason.STOP],
    ["max_tokens", FinishReason.LENGTH],
    ["stop_sequence", FinishReason.STOP_SEQUENCE],
    ["tool_use", FinishReason.TOOL_USE],
    ["content_filtered", FinishReason.CONTENT_FILTER],
  ],
  maxTokens: { in: ({ inferenceConfig }) => inferenceConfig.maxTokens, usual: 4096 },
  counts: { byModel: true, byService: true },
  cutsItself: false,
  broken: [
    ["without content", body(undefined, "end_turn")],
    ["with a text for content", body("Paris.", "end_turn")],
    ["without a stop reason", body([{ text: "Paris." }], null)],
  ],
});
