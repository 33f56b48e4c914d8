import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  type ContentBlockSchema,
  LatencyProfile,
  ReasoningEffort,
  Role,
  ServiceTier,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../../server/core/call.ts";
import type { RefusableField } from "../../../../server/core/model-traits.ts";
import { checkOpenAiRequest } from "../../../../server/providers/openai/check-openai.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";

type Change = MessageInitShape<typeof CompleteRequestSchema>;
type Block = MessageInitShape<typeof ContentBlockSchema>;

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const document = (mediaType: string, content: Uint8Array = bytes("a")): Block => ({
  block: { case: "document", value: { mediaType, content } },
});
const image: Block = {
  block: { case: "image", value: { mediaType: "image/png", content: bytes("a") } },
};
const text: Block = { block: { case: "text", value: { text: "a" } } };
const says = (...content: Block[]): Change => ({ messages: [{ role: Role.USER, content }] });
const result = (...content: Block[]): Change =>
  says({ block: { case: "toolResult", value: { toolUseId: "a", content } } });
const tools = [{ name: "weather" }];
const effort = (word: ReasoningEffort): Change => ({ reasoning: { effort: word } });

function endpoint(model: string, refuses: readonly RefusableField[] = []): Endpoint {
  const traits = { refuses: new Set(refuses), reasoning: "effort" as const };
  return sampleEndpoint({ provider: "openai", family: "openai", model, traits });
}

const gpt = endpoint("gpt-5");
const newer = endpoint("gpt-5.6-sol");
const always = endpoint("gpt-6-astra", ["reasoning.none"]);

describe("what OpenAI is not asked", () => {
  for (const [about, change, asked, field] of [
    ["a Bedrock guardrail", { guardrail: { id: "g", version: "1" } }, gpt, "guardrail"],
    ["a latency profile", { latencyProfile: LatencyProfile.OPTIMIZED }, gpt, "latency_profile"],
    ["reserved capacity", { serviceTier: ServiceTier.RESERVED }, gpt, "service_tier"],
    ["top_k", { topK: 5 }, gpt, "top_k"],
    ["a temperature above 2", { temperature: 2.1 }, gpt, "temperature"],
    [
      "a budget of reasoning",
      { reasoning: { budgetTokens: 2048 } },
      gpt,
      "reasoning.budget_tokens",
    ],
    [
      "what the model's traits refuse",
      { stopSequences: ["a"] },
      endpoint("gpt-5", ["stop_sequences"]),
      "stop_sequences",
    ],
    [
      "a temperature while it reasons",
      { temperature: 0.5, ...effort(ReasoningEffort.HIGH) },
      gpt,
      "temperature",
    ],
    [
      "stop sequences while it reasons",
      { stopSequences: ["a"], ...effort(ReasoningEffort.LOW) },
      gpt,
      "stop_sequences",
    ],
    [
      "reasoning beside tools, of newer models",
      { tools, ...effort(ReasoningEffort.LOW) },
      newer,
      "reasoning.effort",
    ],
    ["tools, of newer models that always reason", { tools }, always, "tools"],
    [
      "a spreadsheet",
      says(document("application/vnd.ms-excel")),
      gpt,
      "messages[0].content[0].document",
    ],
    [
      "text that is not UTF-8",
      says(text, document("text/plain", Uint8Array.of(0xff))),
      gpt,
      "messages[0].content[1].document",
    ],
    [
      "a picture from a tool",
      result(text, image),
      gpt,
      "messages[0].content[0].tool_result.content[1].image",
    ],
    [
      "a PDF from a tool",
      result(document("application/pdf")),
      gpt,
      "messages[0].content[0].tool_result.content[0].document",
    ],
  ] as readonly (readonly [string, Change, Endpoint, string])[]) {
    it(`${about}: INVALID_ARGUMENT names ${field}`, async () => {
      const error = await refusalOf(() => checkOpenAiRequest(sampleRequest(change), asked));
      assert.equal(error.code, Code.InvalidArgument);
      assert.deepEqual(
        error.violations.map((violation) => violation.field),
        [field],
      );
      assert.ok(error.violations.every(({ description }) => description.length > 10));
    });
  }

  it("names at most twenty places", async () => {
    const many = says(...Array.from({ length: 50 }, () => document("application/zip")));
    const error = await refusalOf(() => checkOpenAiRequest(sampleRequest(many), gpt));
    assert.equal(error.violations.length, 20);
  });
});

describe("what OpenAI is asked", () => {
  for (const [about, change, asked] of [
    ["the standard latency", { latencyProfile: LatencyProfile.STANDARD }, gpt],
    ["flex", { serviceTier: ServiceTier.FLEX }, gpt],
    [
      "sampling without reasoning",
      { temperature: 0.5, topP: 0.9, ...effort(ReasoningEffort.NONE) },
      gpt,
    ],
    [
      "the usual temperature while it reasons",
      { temperature: 1, ...effort(ReasoningEffort.LOW) },
      gpt,
    ],
    [
      "sixteen stop sequences",
      { stopSequences: Array.from({ length: 16 }, (_, at) => `s${at}`) },
      gpt,
    ],
    [
      "tools of a model that may reason beside them",
      { tools, ...effort(ReasoningEffort.LOW) },
      gpt,
    ],
    ["tools of a newer model", { tools }, newer],
    ["tools of a newer model without reasoning", { tools, ...effort(ReasoningEffort.NONE) }, newer],
    [
      "pictures, PDFs and texts",
      says(text, image, document("application/pdf"), document("text/csv")),
      gpt,
    ],
    ["text from a tool", result(text, document("text/plain")), gpt],
    [
      "cache points",
      { systemCachePoint: {}, ...says(text, { block: { case: "cachePoint", value: {} } }) },
      gpt,
    ],
  ] as readonly (readonly [string, Change, Endpoint])[]) {
    it(about, () => checkOpenAiRequest(sampleRequest(change), asked));
  }
});
