import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FinishReason } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { titan } from "../../../../../server/providers/bedrock/codecs/titan.ts";
import { textOf } from "../../../../conformance/codec/reading.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";

const chunk = (outputText: string, reason?: string, counts?: Speech["counts"]) => ({
  outputText,
  index: 0,
  totalOutputTextTokenCount: counts?.outputTokens ?? null,
  completionReason: reason ?? null,
  inputTextTokenCount: counts?.inputTokens ?? null,
});

const body = (outputText: string, reason?: string, counts?: Speech["counts"]) => ({
  inputTextTokenCount: counts?.inputTokens,
  results: [{ tokenCount: counts?.outputTokens, outputText, completionReason: reason ?? null }],
});

describeCodec({
  codec: titan,
  fixtures: "titan",
  model: "amazon.titan-text-express-v1",
  /** Titan begins every answer on a new line. */
  speaker: {
    whole: ({ pieces, reason, counts, isRest }) =>
      body(`${isRest ? "" : "\n"}${pieces.join("")}`, reason, counts),
    stream: ({ pieces, reason, counts, metrics, isRest }) => [
      ...(isRest ? [] : [chunk("\n")]),
      ...pieces.map((piece) => chunk(piece)),
      { ...chunk("", reason, counts), ...metricsMember(metrics) },
    ],
  },
  stopWord: "FINISH",
  finishReasons: [
    ["FINISH", FinishReason.STOP],
    ["FINISHED", FinishReason.STOP],
    ["LENGTH", FinishReason.LENGTH],
    ["STOP_CRITERIA_MET", FinishReason.STOP_SEQUENCE],
    ["CONTENT_FILTERED", FinishReason.CONTENT_FILTER],
    ["RAG_QUERY_WHEN_RAG_DISABLED", FinishReason.OTHER],
  ],
  maxTokens: { in: (written) => written.textGenerationConfig.maxTokenCount, usual: 4096 },
  counts: { byModel: true, byService: true },
  cutsItself: true,
  continued: { in: ({ inputText }) => inputText.split("Bot:\n").at(-1) },
  broken: [
    ["without results", { inputTextTokenCount: 5, results: [] }],
    ["without text", { results: [{ completionReason: "FINISH" }] }],
    ["without a completion reason", { results: [{ outputText: "\nParis." }] }],
    ["with a text for results", { results: "Paris." }],
  ],
});

describe("the line break before an answer of Titan", () => {
  for (const [said, answer] of [
    ["\nParis", "Paris"],
    ["\n\nParis", "\nParis"],
    ["Paris\n", "Paris\n"],
    [" \nParis", " \nParis"],
    ["\n", ""],
  ] as const) {
    it(`is taken off once: ${JSON.stringify(said)}, whole and cut anywhere`, () => {
      const asked = sampleAttempt();
      assert.equal(textOf(titan.decode(body(said, "FINISH"), asked, undefined)), answer);
      for (let at = 0; at <= said.length; at++) {
        const decoder = titan.decodeStream(asked);
        const events = [
          ...decoder.push(chunk(said.slice(0, at))),
          ...decoder.push(chunk(said.slice(at), "FINISH")),
        ];
        assert.equal(textOf(events), answer, `cut at ${at}`);
      }
    });
  }
});
