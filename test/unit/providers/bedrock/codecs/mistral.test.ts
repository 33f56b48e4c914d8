import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FinishReason } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { mistral } from "../../../../../server/providers/bedrock/codecs/mistral.ts";
import { textOf } from "../../../../conformance/codec/reading.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";
import { sampleAttempt } from "../../../../fakes/calls.ts";

const output = (text: string, reason: string | undefined) => ({
  outputs: [{ text, stop_reason: reason ?? null }],
});

/** Mistral begins every answer with a space. */
const speaker = {
  whole: ({ pieces, reason, isRest }: Speech) =>
    output(`${isRest ? "" : " "}${pieces.join("")}`, reason),
  stream: ({ pieces, reason, metrics, isRest }: Speech) => [
    ...(isRest ? [] : [output(" ", undefined)]),
    ...pieces.map((piece) => output(piece, undefined)),
    { ...output("", reason), ...metricsMember(metrics) },
  ],
};

describeCodec({
  codec: mistral,
  fixtures: "mistral",
  model: "mistral.mistral-large-2402-v1:0",
  speaker,
  stopWord: "stop",
  finishReasons: [
    ["stop", FinishReason.STOP],
    ["length", FinishReason.LENGTH],
  ],
  maxTokens: { in: (body) => body.max_tokens, usual: 4096 },
  counts: { byModel: false, byService: true },
  cutsItself: true,
  continued: { in: ({ prompt }) => prompt.split("[/INST] ").at(-1) },
  broken: [
    ["without outputs", { outputs: [] }],
    ["without text", { outputs: [{ stop_reason: "stop" }] }],
    ["without a stop reason", { outputs: [{ text: " Paris." }] }],
    ["with a text for outputs", { outputs: " Paris." }],
  ],
});

describe("the space before an answer of Mistral", () => {
  const asked = sampleAttempt();
  for (const [said, answer] of [
    [" Paris", "Paris"],
    ["  Paris", " Paris"],
    ["Paris", "Paris"],
    ["\n Paris", "\n Paris"],
    [" ", ""],
    ["", ""],
  ] as const) {
    it(`is taken off once: ${JSON.stringify(said)}, whole and cut anywhere`, () => {
      assert.equal(textOf(mistral.decode(output(said, "stop"), asked, undefined)), answer);
      for (let at = 0; at <= said.length; at++) {
        const decoder = mistral.decodeStream(asked);
        const events = [
          ...decoder.push(output(said.slice(0, at), undefined)),
          ...decoder.push(output(said.slice(at), "stop")),
        ];
        assert.equal(textOf(events), answer, `cut at ${at}`);
      }
    });
  }
});
