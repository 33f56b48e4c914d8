import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import {
  CompleteResponseSchema,
  type CompleteStreamResponse,
  CompleteStreamResponseSchema,
  FinishReason,
  HopOutcome,
  HopSchema,
  ServiceTier,
  StartedSchema,
  UsageSource,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { restAnswer, restEvent } from "../../../../server/edge/rest/answer.ts";
import { completedEvent, deltaEvent, textEvent } from "../../../fakes/completion-events.ts";

const hop = create(HopSchema, {
  provider: "bedrock",
  region: "us-east-1",
  outcome: HopOutcome.FAILED,
  errorReason: "PROVIDER_THROTTLED",
  latencyMs: 12n,
});

const event = (value: CompleteStreamResponse["event"]) =>
  restEvent(create(CompleteStreamResponseSchema, { sequence: 3n, event: value }));

describe("restAnswer", () => {
  const answer = restAnswer(
    create(CompleteResponseSchema, {
      content: "Paris.",
      model: "m",
      provider: "bedrock",
      region: "us-east-1",
      finishReason: FinishReason.STOP_SEQUENCE,
      usage: {
        inputTokens: 3,
        cacheReadInputTokens: 4,
        cacheWriteInputTokens: 1,
        outputTokens: 6,
        source: UsageSource.ESTIMATED,
      },
      cost: { nanoUsd: 114_000n },
      latencyMs: 245n,
      requestId: "7",
      hops: [hop],
    }),
  );

  it("holds its blocks where there is more than text", () => {
    assert.equal("blocks" in answer, false);
    const input = { city: "Paris" };
    const blocks = [
      { block: { case: "text", value: { text: "Let me look." } } },
      { block: { case: "toolUse", value: { id: "toolu_1", name: "weather", input } } },
    ] as const;
    const asking = restAnswer(create(CompleteResponseSchema, { blocks: [...blocks] }));
    assert.deepEqual(asking.blocks, [
      { text: { text: "Let me look." } },
      { tool_use: { id: "toolu_1", name: "weather", input } },
    ]);
  });

  it("names the service tier where the provider tells", () => {
    assert.equal("service_tier" in answer, false);
    const flex = create(CompleteResponseSchema, { serviceTier: ServiceTier.FLEX });
    assert.equal(restAnswer(flex).service_tier, "flex");
  });

  it("begins as the setup guide shows it", () => {
    const { content, model, latency_ms, tokens } = answer;
    assert.deepEqual(
      { content, model, latency_ms, tokens },
      {
        content: "Paris.",
        model: "m",
        latency_ms: 245,
        tokens: { prompt: 8, completion: 6, total: 14 },
      },
    );
  });

  it("goes on with what the contract adds", () => {
    assert.equal(answer.finish_reason, "stop_sequence");
    assert.equal(answer.cost_usd, 0.000114);
    assert.equal(answer.request_id, "7");
    assert.deepEqual(answer.hops, [
      {
        provider: "bedrock",
        region: "us-east-1",
        outcome: "failed",
        error_reason: "PROVIDER_THROTTLED",
        reason: "unspecified",
        start_ms: 0,
        latency_ms: 12,
      },
    ]);
  });

  it("tells the counts apart, and where they come from", () => {
    assert.deepEqual(answer.usage, {
      input_tokens: 3,
      cache_read_input_tokens: 4,
      cache_write_input_tokens: 1,
      output_tokens: 6,
      source: "estimated",
    });
  });

  it("says null, not zero, for a cost that nobody knows", () => {
    assert.equal(restAnswer(create(CompleteResponseSchema)).cost_usd, null);
  });
});

describe("restEvent", () => {
  it("writes every kind of event with its number", () => {
    const started = create(StartedSchema, { requestId: "7", model: "m", hops: [hop] });
    for (const [value, name] of [
      [{ case: "started", value: started }, "started"],
      [textEvent("Par"), "delta"],
      [{ case: "hop", value: hop }, "hop"],
      [completedEvent(), "completed"],
    ] as const) {
      const written = event(value);
      assert.equal(written.name, name);
      assert.equal(written.body.sequence, 3);
      assert.doesNotThrow(() => JSON.stringify(written.body), name);
    }
  });

  it("writes each kind of piece", () => {
    assert.deepEqual(event(textEvent("Par", 1)).body, { sequence: 3, block_index: 1, text: "Par" });
    const reasoning = { text: "Hm.", signature: "c2ln" };
    const thought = event(deltaEvent({ piece: { case: "reasoning", value: reasoning } }));
    assert.deepEqual(thought.body.reasoning, reasoning);
    const use = { id: "toolu_1", name: "weather", inputJson: "{" };
    const tool = event(deltaEvent({ piece: { case: "toolUse", value: use } }));
    assert.deepEqual(tool.body.tool_use, { id: "toolu_1", name: "weather", input_json: "{" });
  });

  it("has no word for an event of no kind", () => {
    assert.throws(() => event({ case: undefined }), /no kind/);
  });
});
