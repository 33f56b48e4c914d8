import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  ReasoningEffort,
  Role,
} from "../../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { nova } from "../../../../../server/providers/bedrock/codecs/nova.ts";
import { checkRequest } from "../../../../../server/providers/check-request.ts";
import { sampleEndpoint, sampleRequest } from "../../../../fakes/calls.ts";
import { refusalOf } from "../../../../fakes/outcomes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const endpoint = sampleEndpoint({
  family: "nova",
  model: "us.amazon.nova-2-lite-v1:0",
  traits: { refuses: new Set(), reasoning: "effort" },
});
const encoded = (request: object) =>
  JSON.parse(nova.encode(sampleRequest(request as Request), endpoint));
const reasoning = (effort: ReasoningEffort): Request => ({ reasoning: { effort } });

async function assertRefused(ask: () => unknown, ...fields: readonly string[]): Promise<void> {
  const error = await refusalOf(ask);
  assert.equal(error.code, Code.InvalidArgument);
  assert.deepEqual(
    error.violations.map(({ field }) => field),
    fields,
  );
}

describe("a request to Nova", () => {
  it("has neither a limit nor sampling parameters at high effort", () => {
    const { inferenceConfig, reasoningConfig } = encoded(reasoning(ReasoningEffort.HIGH));
    assert.deepEqual(inferenceConfig, {});
    assert.deepEqual(reasoningConfig, { type: "enabled", maxReasoningEffort: "high" });
  });

  it("is refused with them at high effort, and taken at a lower one", async () => {
    const all = { maxTokens: 100, temperature: 0.5, topP: 0.9, topK: 40 };
    const high = { ...reasoning(ReasoningEffort.HIGH), ...all };
    await assertRefused(() => encoded(high), "max_tokens", "temperature", "top_p", "top_k");
    const low = encoded({ ...reasoning(ReasoningEffort.LOW), ...all });
    assert.deepEqual(low.inferenceConfig, all);
  });

  it("can switch reasoning off", () => {
    const { reasoningConfig } = encoded(reasoning(ReasoningEffort.NONE));
    assert.deepEqual(reasoningConfig, { type: "disabled" });
  });

  it("has tools whose schemas hold nothing that Nova refuses at their top", () => {
    const properties = { city: { type: "string", title: "City" } };
    const inputSchema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Weather",
      description: "Of a city.",
      additionalProperties: false,
      type: "object",
      properties,
      required: ["city"],
    };
    const { toolConfig } = encoded({ tools: [{ name: "weather", inputSchema }] });
    assert.deepEqual(toolConfig.tools[0].toolSpec.inputSchema.json, {
      type: "object",
      properties,
      required: ["city"],
    });
  });

  it("forces a tool by its name among several", () => {
    const tools = [{ name: "weather" }, { name: "now" }];
    const toolChoice = { choice: { case: "toolName", value: "now" } } as const;
    assert.deepEqual(encoded({ tools, toolChoice }).toolConfig.toolChoice, {
      tool: { name: "now" },
    });
  });

  for (const [field, request] of [
    ["top_k", { topK: 129 }],
    ["reasoning.budget_tokens", { reasoning: { budgetTokens: 2000 } }],
    ["system_cache_point.ttl", { system: "A", systemCachePoint: { ttl: { seconds: 3600n } } }],
    ["system_cache_point", { tools: [{ name: "now" }], systemCachePoint: {} }],
  ] as const) {
    it(`is refused with ${field} that Nova does not take`, () =>
      assertRefused(() => encoded(request), field));
  }

  it("is refused with a document, which Nova reads through Converse only", async () => {
    const value = { mediaType: "text/plain", content: Buffer.from("Hi.") };
    const messages = [{ role: Role.USER, content: [{ block: { case: "document", value } }] }];
    const request = sampleRequest({ messages } as Request);
    const check = () => checkRequest(request, endpoint, nova.accepts);
    await assertRefused(check, "messages[0].content[0].document");
  });
});
