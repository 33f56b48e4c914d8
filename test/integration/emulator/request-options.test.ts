import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  type InvokeModelCommandInput,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { anthropicBody, createAsker, sonnet, withEmulator } from "./fixture.ts";
import type { Json } from "./speakers/speaker.ts";

const blocked = "The emulator's guardrail blocked this.";
const guardrail = { guardrailIdentifier: "gr-1", guardrailVersion: "7" };
const action = "amazon-bedrock-guardrailAction";
const invoke = (text: string, options: Partial<InvokeModelCommandInput> = {}) => ({
  modelId: sonnet,
  contentType: "application/json",
  body: JSON.stringify(anthropicBody(text)),
  ...options,
});
const asked = (text: string) => [{ role: "user" as const, content: [{ text }] }];

for (const [text, expected] of [
  ["Please guardrail-block this.", "INTERVENED"],
  ["Count to 2", "NONE"],
] as const) {
  test(`InvokeModel with a guardrail says ${expected}, whole and in the last chunk`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const input = invoke(text, { ...guardrail, trace: "ENABLED" });
      const { body } = await asker.client.send(new InvokeModelCommand(input));
      const answer = JSON.parse(Buffer.from(body).toString());
      assert.equal(answer[action], expected);
      assert.equal(answer.content[0].text === blocked, expected === "INTERVENED");
      assert.ok(answer["amazon-bedrock-trace"].guardrail);
      const streamed = await asker.client.send(new InvokeModelWithResponseStreamCommand(input));
      const chunks: Json[] = [];
      for await (const { chunk } of streamed.body as AsyncIterable<Json>) {
        chunks.push(JSON.parse(Buffer.from(chunk.bytes).toString()));
      }
      assert.equal(chunks.at(-1)[action], expected);
      assert.ok(chunks.slice(0, -1).every((chunk) => !(action in chunk)));
    }));
}

test("without a guardrail nothing is blocked, and nothing said of one", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const { body } = await asker.client.send(
      new InvokeModelCommand(invoke("Echo: guardrail-block")),
    );
    const answer = JSON.parse(Buffer.from(body).toString());
    assert.deepEqual([answer.content[0].text, action in answer], ["guardrail-block", false]);
  }));

test("Converse stops at a guardrail, costs nothing, and traces it when asked to", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const guardrailConfig = { ...guardrail, trace: "enabled" as const };
    const input = { modelId: sonnet, messages: asked("guardrail-block"), guardrailConfig };
    const answer = await asker.client.send(new ConverseCommand(input));
    assert.equal(answer.stopReason, "guardrail_intervened");
    assert.deepEqual(answer.output?.message?.content, [{ text: blocked }]);
    assert.deepEqual([answer.usage?.inputTokens, answer.usage?.outputTokens], [0, 0]);
    assert.ok(answer.trace?.guardrail?.inputAssessment?.["gr-1"]);
    const { stream = [] } = await asker.client.send(new ConverseStreamCommand(input));
    const events: Json[] = [];
    for await (const event of stream as AsyncIterable<Json>) events.push(event);
    assert.ok(events.at(-1).metadata.trace.guardrail);
    assert.equal(events.at(-2).messageStop.stopReason, "guardrail_intervened");
  }));

test("service tier and latency come back in headers, and in Converse's answer", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const options = { serviceTier: "flex", performanceConfigLatency: "optimized" } as const;
    const whole = await asker.client.send(new InvokeModelCommand(invoke("Hello", options)));
    assert.deepEqual([whole.serviceTier, whole.performanceConfigLatency], ["flex", "optimized"]);
    const command = new InvokeModelWithResponseStreamCommand(invoke("Hello", options));
    assert.equal((await asker.client.send(command)).serviceTier, "flex");
    const answer = await asker.client.send(
      new ConverseCommand({
        modelId: sonnet,
        messages: asked("Hello"),
        serviceTier: { type: "flex" },
        performanceConfig: { latency: "optimized" },
      }),
    );
    assert.deepEqual(answer.serviceTier, { type: "flex" });
    assert.deepEqual(answer.performanceConfig, { latency: "optimized" });
  }));

for (const options of [
  { serviceTier: "gold" },
  { performanceConfigLatency: "now" },
  { trace: "MAYBE" },
  { guardrailIdentifier: "g" },
  { guardrailIdentifier: "g", guardrailVersion: "latest" },
]) {
  test(`InvokeModel refuses ${JSON.stringify(options)}`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const input = invoke("Hello", options as Partial<InvokeModelCommandInput>);
      const refused = { name: "ValidationException", message: /failed to satisfy constraint/ };
      await assert.rejects(asker.client.send(new InvokeModelCommand(input)), refused);
    }));
}

test("what arrived is told on demand", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const body = anthropicBody("Which parameters?", {
      tools: [{ name: "t", input_schema: { type: "object" } }],
      thinking: { type: "enabled", budget_tokens: 2_000 },
      output_config: { effort: "low" },
    });
    const options = { ...guardrail, serviceTier: "priority", performanceConfigLatency: "standard" };
    const input = invoke("", {
      ...options,
      body: JSON.stringify(body),
    } as Partial<InvokeModelCommandInput>);
    const { body: answer } = await asker.client.send(new InvokeModelCommand(input));
    const [, block] = JSON.parse(Buffer.from(answer).toString()).content;
    assert.deepEqual(JSON.parse(block.text), {
      max_tokens: 4_096,
      stop_sequence_count: 0,
      tool_count: 1,
      guardrail_id: "gr-1",
      guardrail_version: "7",
      thinking: "enabled",
      thinking_budget: 2_000,
      effort: "low",
      service_tier: "priority",
      latency: "standard",
    });
  }));
