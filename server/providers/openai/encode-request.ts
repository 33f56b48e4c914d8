import { createHash } from "node:crypto";
import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Delivery, Endpoint } from "../../core/call.ts";
import { type JsonAnswer, jsonAnswerOf } from "../codec-parts/json-answer.ts";
import { maxTokensOf } from "../codec-parts/max-tokens.ts";
import { reasoningWishOf } from "../codec-parts/reasoning-wish.ts";
import { type PlannedChoice, planTools, type ToolPlan } from "../codec-parts/tool-plan.ts";
import { mostNativeStops, openAiAccepts } from "./accepts.ts";
import { type Dialect, dialectOf } from "./dialect.ts";
import { openAiMessages } from "./messages.ts";
import { serviceTierWord } from "./service-tier.ts";
import { isStrictSchema } from "./strict-schema.ts";

/**
 * The body of a request to Chat Completions (OpenAI: Create chat completion). OpenAI is never asked to store the
 * conversation, which newer accounts do unasked; streams always bring their usage.
 */
export function encodeRequest(
  request: CompleteRequest,
  endpoint: Endpoint,
  delivery: Delivery,
): string {
  const dialect = dialectOf(endpoint);
  const answer = jsonAnswerOf(request, endpoint, dialect.jsonSchema);
  const plan = planTools(request, endpoint, answer);
  return JSON.stringify({
    model: endpoint.model,
    messages: openAiMessages(request, dialect),
    store: dialect.storesUnasked ? false : undefined,
    [dialect.tokenLimit]: maxTokensOf(request, endpoint, openAiAccepts),
    temperature: request.temperature,
    top_p: request.topP,
    seed: wholeNumber(request.seed),
    stop: nativeStops(request),
    ...toolMembers(plan),
    response_format: answer?.by === "format" ? responseFormat(answer) : undefined,
    reasoning_effort: effortOf(request, plan, dialect),
    service_tier: serviceTierWord(request.serviceTier),
    [dialect.userField]: shortId(request.user),
    prompt_cache_key: dialect.marksCachePoints ? shortId(request.conversationId) : undefined,
    ...(delivery === "stream" && { stream: true, stream_options: { include_usage: true } }),
  });
}

function nativeStops({ stopSequences }: CompleteRequest): readonly string[] | undefined {
  return stopSequences.length === 0 ? undefined : stopSequences.slice(0, mostNativeStops);
}

function toolMembers({ tools, choice, answerTool }: ToolPlan): object {
  if (tools.length === 0) return {};
  const isAnswerAlone = answerTool !== undefined && tools.length === 1;
  return {
    tools: tools.map(({ name, description, schema }) => ({
      type: "function",
      function: { name, description: description || undefined, parameters: schema },
    })),
    tool_choice: choice && choiceOf(choice),
    // There is one answer.
    parallel_tool_calls: isAnswerAlone ? false : undefined,
  };
}

function choiceOf(choice: PlannedChoice): unknown {
  if (choice.kind === "tool") return { type: "function", function: { name: choice.name } };
  return choice.kind === "any" ? "required" : choice.kind;
}

function responseFormat({ name, schema }: JsonAnswer): object {
  return { type: "json_schema", json_schema: { name, schema, strict: isStrictSchema(schema) } };
}

/** The models that take no tools while they reason reason unless they are told not to. */
function effortOf(
  request: CompleteRequest,
  { tools }: ToolPlan,
  { toolsExcludeReasoning }: Dialect,
): string | undefined {
  const wish = reasoningWishOf(request);
  if (wish?.kind === "effort") return wish.effort;
  return wish?.kind === "none" || (toolsExcludeReasoning && tools.length > 0) ? "none" : undefined;
}

/** TypeScript does not know it yet; it writes integers that a JavaScript number cannot hold. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function wholeNumber(value: bigint | undefined): unknown {
  return value === undefined ? undefined : rawJSON(String(value));
}

/** OpenAI takes ids of at most 64 characters and advises to hash them; longer ones are. */
const longestId = 64;

function shortId(id: string): string | undefined {
  if (id.length <= longestId) return id || undefined;
  return createHash("sha256").update(id).digest("hex");
}
