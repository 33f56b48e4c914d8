import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CompleteRequestSchema,
  type ContentBlockSchema,
  LatencyProfile,
  ReasoningEffort,
  Role,
  ServiceTier,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { RefusableField } from "../../server/core/model-traits.ts";
import type { Accepts } from "../../server/providers/accepts.ts";
import { textBlock } from "./calls.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;
type Block = MessageInitShape<typeof ContentBlockSchema>;

/** A family that takes everything. */
export const generous: Accepts = {
  name: "Polyglot",
  temperature: 2,
  topP: true,
  topK: true,
  seed: true,
  stopSequences: 16,
  blocks: new Set([
    "text",
    "image",
    "document",
    "toolUse",
    "toolResult",
    "reasoning",
    "cachePoint",
  ]),
  tools: true,
  jsonSchema: true,
  reasoning: true,
  systemCachePoint: true,
};

/** A family that takes a question and nothing else. */
export const frugal: Accepts = {
  name: "Trappist",
  temperature: 0,
  topP: false,
  topK: false,
  seed: false,
  maxTokens: 100,
  stopSequences: 0,
  blocks: new Set(["text"]),
  tools: false,
  jsonSchema: false,
  reasoning: false,
  systemCachePoint: false,
};

/** A block of each kind but text. */
export const image: Block = { block: { case: "image", value: { mediaType: "image/png" } } };
export const document: Block = { block: { case: "document", value: { name: "a" } } };
export const cachePoint: Block = { block: { case: "cachePoint", value: {} } };
export const toolUse: Block = { block: { case: "toolUse", value: { id: "1", name: "weather" } } };
export const reasoning: Block = { block: { case: "reasoning", value: { text: "Hm." } } };
/** The result of a tool, with blocks of its own. */
export const toolResult = (...content: Block[]): Block => ({
  block: { case: "toolResult", value: { toolUseId: "1", content } },
});
/** A question with more than text in it. */
export const saying = (...content: Block[]) => ({
  messages: [{ role: Role.USER, content: [textBlock("Look:"), ...content] }],
});
/** A wish about tools that names none. */
export const choosing = (choice: "any" | "auto" | "none"): Request => ({
  toolChoice: { choice: { case: choice, value: {} } },
});
/** A wish for JSON. */
export const jsonSchema: Request = {
  responseFormat: { format: { case: "jsonSchema", value: { name: "answer" } } },
};

/** A request that sets each field which a model may refuse, and the path that the refusal names. */
export const wishes: Readonly<Record<RefusableField, readonly [Request, path: string]>> = {
  temperature: [{ temperature: 0 }, "temperature"],
  top_p: [{ topP: 1 }, "top_p"],
  top_k: [{ topK: 1 }, "top_k"],
  seed: [{ seed: 0n }, "seed"],
  stop_sequences: [{ stopSequences: ["END"] }, "stop_sequences"],
  system: [{ system: "Be brief." }, "system"],
  tools: [{ tools: [{ name: "weather" }] }, "tools"],
  "tool_choice.any": [choosing("any"), "tool_choice.any"],
  "tool_choice.tool_name": [
    { toolChoice: { choice: { case: "toolName", value: "weather" } } },
    "tool_choice.tool_name",
  ],
  "messages.image": [saying(image), "messages[0].content[1].image"],
  "messages.document": [saying(document), "messages[0].content[1].document"],
  "messages.cache_point": [saying(cachePoint), "messages[0].content[1].cache_point"],
  system_cache_point: [{ systemCachePoint: {} }, "system_cache_point"],
  "response_format.json_schema": [jsonSchema, "response_format.json_schema"],
  "reasoning.none": [{ reasoning: { effort: ReasoningEffort.NONE } }, "reasoning.effort"],
  "reasoning.effort": [{ reasoning: { effort: ReasoningEffort.LOW } }, "reasoning.effort"],
  "reasoning.budget_tokens": [{ reasoning: { budgetTokens: 1024 } }, "reasoning.budget_tokens"],
  latency_profile: [{ latencyProfile: LatencyProfile.STANDARD }, "latency_profile"],
  service_tier: [{ serviceTier: ServiceTier.DEFAULT }, "service_tier"],
};
