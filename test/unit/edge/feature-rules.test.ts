import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  CompleteRequestSchema,
  LatencyProfile,
  ReasoningEffort,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { featureViolations } from "../../../server/edge/feature-rules.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const weather = { name: "weather", inputSchema: { type: "object" } };
const choice = (value: Request["toolChoice"]) => ({ toolChoice: value });
const schema = (value: { name?: string; schema?: { type: string } }): Request => ({
  responseFormat: { format: { case: "jsonSchema", value } },
});

const accepted: readonly (readonly [name: string, request: Request])[] = [
  ["a tool without a schema", { tools: [{ name: "now" }] }],
  [
    "a tool choice of its tools",
    { tools: [weather], ...choice({ choice: { case: "any", value: {} } }) },
  ],
  [
    "the choice of one tool",
    { tools: [weather], ...choice({ choice: { case: "toolName", value: "weather" } }) },
  ],
  ["no tools, said twice", choice({ choice: { case: "none", value: {} } })],
  ["plain text", { responseFormat: { format: { case: "text", value: {} } } }],
  ["a schema", schema({ name: "answer", schema: { type: "object" } })],
  ["reasoning in words", { reasoning: { effort: ReasoningEffort.HIGH } }],
  ["reasoning in tokens", { reasoning: { budgetTokens: 1024 }, maxTokens: 1025 }],
  ["reasoning left to the model", { reasoning: {} }],
  ["a guardrail by number", { guardrail: { id: "gr-1", version: "12" } }],
  ["a guardrail's draft", { guardrail: { id: "gr-1", version: "DRAFT" } }],
  [
    "a tier and a profile",
    { serviceTier: ServiceTier.FLEX, latencyProfile: LatencyProfile.OPTIMIZED },
  ],
  ["a cache point", { systemCachePoint: {} }],
  ["a cache point of an hour", { systemCachePoint: { ttl: { seconds: 3600n } } }],
];

const refused: readonly (readonly [name: string, request: Request, field: string])[] = [
  [
    "a tool that takes no object",
    { tools: [{ name: "now", inputSchema: { type: "string" } }] },
    "tools[0].input_schema",
  ],
  ["a must without tools", choice({ choice: { case: "any", value: {} } }), "tool_choice.any"],
  [
    "the choice of an unknown tool",
    { tools: [weather], ...choice({ choice: { case: "toolName", value: "time" } }) },
    "tool_choice.tool_name",
  ],
  [
    "a schema without a name",
    schema({ schema: { type: "object" } }),
    "response_format.json_schema.name",
  ],
  ["a name without a schema", schema({ name: "a" }), "response_format.json_schema.schema"],
  [
    "reasoning said twice",
    { reasoning: { effort: ReasoningEffort.LOW, budgetTokens: 2000 } },
    "reasoning",
  ],
  ["too little reasoning", { reasoning: { budgetTokens: 1023 } }, "reasoning.budget_tokens"],
  [
    "reasoning that leaves no room",
    { reasoning: { budgetTokens: 2000 }, maxTokens: 2000 },
    "reasoning.budget_tokens",
  ],
  [
    "an effort from the future",
    { reasoning: { effort: 99 as ReasoningEffort } },
    "reasoning.effort",
  ],
  ["a guardrail without an id", { guardrail: { version: "1" } }, "guardrail.id"],
  ["a guardrail without a version", { guardrail: { id: "gr-1" } }, "guardrail.version"],
  ["a guardrail's version 0", { guardrail: { id: "gr-1", version: "0" } }, "guardrail.version"],
  ["a tier from the future", { serviceTier: 99 as ServiceTier }, "service_tier"],
  ["a profile from the future", { latencyProfile: 99 as LatencyProfile }, "latency_profile"],
  [
    "a cache point of a minute",
    { systemCachePoint: { ttl: { seconds: 60n } } },
    "system_cache_point.ttl",
  ],
];

describe("what is more than text in a request", () => {
  const fieldsOf = (request: Request) =>
    featureViolations(create(CompleteRequestSchema, request)).map(({ field }) => field);
  for (const [name, request] of accepted) {
    it(`may be ${name}`, () => assert.deepEqual(fieldsOf(request), []));
  }
  for (const [name, request, field] of refused) {
    it(`may not be ${name}`, () => assert.deepEqual(fieldsOf(request), [field]));
  }
});
