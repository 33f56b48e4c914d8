import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../../core/call.ts";
import { GatewayError } from "../../../core/error.ts";
import { type JsonAnswer, jsonAnswerOf } from "../../codec-parts/json-answer.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import { type PlannedChoice, planTools, type ToolPlan } from "../../codec-parts/tool-plan.ts";
import { anthropicMessages, cacheControlOf } from "./anthropic-blocks.ts";
import { checkCachePoints } from "./cache-points.ts";
import { prefillMessages } from "./claude-prefill.ts";
import { claudeThinking } from "./claude-thinking.ts";

/** Bedrock wants the version in the body, and neither `model` nor `stream` (AWS: Claude Messages request). */
const anthropicVersion = "bedrock-2023-05-31";

/** How Claude is made to answer in JSON where the catalogue knows nothing better. */
export const usualJsonOfClaude = "tool";

/** The Messages body for a request. Members that are undefined are not written. */
export function encodeAnthropic(
  request: CompleteRequest,
  endpoint: Endpoint,
  continued?: Continued,
): string {
  checkCachePoints(request);
  const answer = jsonAnswerOf(request, endpoint, usualJsonOfClaude);
  const plan = planTools(request, endpoint, answer);
  const maxTokens = maxTokensOf(request, endpoint, {}, continued);
  const { thinking, effort } = claudeThinking(request, endpoint, maxTokens);
  return JSON.stringify({
    anthropic_version: anthropicVersion,
    max_tokens: maxTokens,
    messages: [...anthropicMessages(request.messages), ...prefillMessages(continued)],
    system: systemOf(request),
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    stop_sequences: request.stopSequences.length > 0 ? request.stopSequences : undefined,
    tools: toolsOf(plan, request),
    tool_choice: plan.choice && toolChoiceOf(plan.choice, plan.answerTool),
    thinking,
    output_config: outputConfigOf(effort, answer),
  });
}

function systemOf({ system, systemCachePoint }: CompleteRequest) {
  if (system === "") return undefined;
  if (!systemCachePoint) return system;
  const mark = cacheControlOf(systemCachePoint, "system_cache_point");
  return [{ type: "text", text: system, cache_control: mark }];
}

/** Tools stand before `system` in what is cached, so without one the mark goes to the last tool. */
function toolsOf({ tools }: ToolPlan, { system, systemCachePoint }: CompleteRequest) {
  const field = "system_cache_point";
  const written = tools.map(({ name, description, schema }) => ({
    name,
    description: description || undefined,
    input_schema: schema,
  }));
  if (!systemCachePoint || system !== "") return written.length > 0 ? written : undefined;
  const last = written.at(-1);
  if (!last) {
    const description = "There is nothing to cache. Set system or tools.";
    throw GatewayError.invalid({ field, description });
  }
  const mark = cacheControlOf(systemCachePoint, field);
  return [...written.slice(0, -1), { ...last, cache_control: mark }];
}

/** An answer given twice is none, so the tool that stands for it is used once. */
function toolChoiceOf(choice: PlannedChoice, answerTool: string | undefined) {
  if (choice.kind !== "tool") return { type: choice.kind };
  const once = choice.name === answerTool ? { disable_parallel_tool_use: true } : {};
  return { type: "tool", name: choice.name, ...once };
}

function outputConfigOf(effort: string | undefined, answer: JsonAnswer | undefined) {
  const isFormat = answer?.by === "format";
  if (!effort && !isFormat) return undefined;
  return { effort, format: isFormat ? { type: "json_schema", schema: answer.schema } : undefined };
}
