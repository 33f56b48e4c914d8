import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FinishReason, UsageSource } from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { llama } from "../../../../../server/providers/bedrock/codecs/llama.ts";
import { checkRequest } from "../../../../../server/providers/check-request.ts";
import { metricsMember, type Speech } from "../../../../conformance/codec/speech.ts";
import { describeCodec } from "../../../../conformance/codec-suite.ts";
import { sampleEndpoint, sampleRequest } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

const model = "meta.llama3-8b-instruct-v1:0";

describeCodec({
  codec: llama,
  fixtures: "llama",
  model,
  speaker: {
    whole: ({ pieces, reason, counts }: Speech) => ({
      generation: pieces.join(""),
      prompt_token_count: counts?.inputTokens,
      generation_token_count: counts?.outputTokens,
      stop_reason: reason ?? null,
    }),
    stream: ({ pieces, reason, counts, metrics }: Speech) => [
      ...pieces.map((generation, at) => ({
        generation,
        prompt_token_count: at === 0 ? counts?.inputTokens : null,
        generation_token_count: counts && Math.min(at + 1, counts.outputTokens),
        stop_reason: null,
      })),
      {
        generation: "",
        prompt_token_count: null,
        generation_token_count: counts?.outputTokens,
        stop_reason: reason ?? null,
        ...metricsMember(metrics),
      },
    ],
  },
  stopWord: "stop",
  finishReasons: [
    ["stop", FinishReason.STOP],
    ["length", FinishReason.LENGTH],
  ],
  maxTokens: { in: (body) => body.max_gen_len, usual: 2048 },
  counts: { byModel: true, byService: true },
  cutsItself: true,
  continued: { in: ({ prompt }) => prompt.split("assistant<|end_header_id|>\n\n").at(-1) },
  broken: [
    ["without text", { stop_reason: "stop" }],
    ["without a stop reason", { generation: "Paris." }],
    ["with an empty stop reason", { generation: "Paris.", stop_reason: "" }],
    ["with a number for text", { generation: 7, stop_reason: "stop" }],
  ],
});

describe("llama", () => {
  for (const [limit, about] of [
    [undefined, "no limit is known"],
    [8192, "the catalogue knows a higher limit"],
  ] as const) {
    it(`refuses more than 2,048 tokens where ${about}`, async () => {
      const endpoint = sampleEndpoint({ family: "llama", model, maxOutputTokens: limit });
      const ask = (maxTokens: number) =>
        checkRequest(sampleRequest({ maxTokens }), endpoint, llama.accepts);
      ask(2048);
      const error = await refusalOf(() => ask(2049));
      assert.deepEqual(error.violations, [
        {
          field: "max_tokens",
          description: `${model} writes at most 2048 tokens. Ask for that many or fewer.`,
        },
      ]);
    });
  }

  it("ends a stream within the chunk that holds a sequence, at what was counted by then", () => {
    const decoder = llama.decodeStream({
      request: sampleRequest({ stopSequences: ["STOP"] }),
      endpoint: sampleEndpoint({ family: "llama", model }),
    });
    const chunk = (generation: string, prompt: number | null, count: number) => ({
      generation,
      prompt_token_count: prompt,
      generation_token_count: count,
      stop_reason: null,
    });
    decoder.push(chunk("One", 12, 1));
    const [delta, completed] = decoder.push(chunk(" STOP two", null, 4));
    assert.ok(delta?.case === "delta" && completed?.case === "completed");
    assert.deepEqual(delta.value.piece, { case: "text", value: " " });
    const { usage, providerFinishReason } = completed.value;
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], [12, 4]);
    assert.equal(providerFinishReason, "");
    assert.deepEqual(decoder.push(chunk(" three", null, 5)), []);
  });

  it("is not cut short where the model ends with the very chunk that holds a sequence", () => {
    const request = sampleRequest({ stopSequences: ["STOP"] });
    const endpoint = sampleEndpoint({ family: "llama", model });
    const decoder = llama.decodeStream({ request, endpoint });
    const [, completed] = decoder.push({
      generation: "One STOP",
      prompt_token_count: 12,
      generation_token_count: 3,
      stop_reason: "stop",
    });
    assert.ok(completed?.case === "completed");
    assert.equal(completed.value.finishReason, FinishReason.STOP_SEQUENCE);
    assert.equal(completed.value.providerFinishReason, "stop");
    assert.equal(decoder.isCutShort, false);
  });

  it("tells what it knows when a stream breaks, and estimates only the rest", () => {
    const endpoint = sampleEndpoint({ family: "llama", model });
    const decoder = llama.decodeStream({ request: sampleRequest(), endpoint });
    const usage = () => {
      const { inputTokens, outputTokens, source } = decoder.usageSoFar();
      return [inputTokens, outputTokens, source];
    };
    decoder.push({ generation: "Twenty characters...", prompt_token_count: 12 });
    assert.deepEqual(usage(), [12, 5, UsageSource.ESTIMATED]);
    decoder.push({ generation: "!", generation_token_count: 6 });
    assert.deepEqual(usage(), [12, 6, UsageSource.REPORTED]);
  });
});
