import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { GatewayError } from "../../../core/error.ts";
import { jsonAnswerOf } from "../../codec-parts/json-answer.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import { planTools } from "../../codec-parts/tool-plan.ts";
import { checkCachePoints, longCachePointOf } from "./cache-points.ts";
import { converseMessages } from "./converse-blocks.ts";
import { converseSystem, toolConfigOf } from "./converse-tools.ts";
import { checkNova, novaReasoning, novaTools } from "./nova-rules.ts";

/** How Nova is made to answer in JSON where the catalogue knows nothing better. */
export const usualJsonOfNova = "tool";

/**
 * The body of InvokeModel for Nova, `messages-v1`: as Converse, but for `topK` among the inference parameters and
 * `reasoningConfig` beside them (AWS: Amazon Nova, request schema). Members that are undefined are not written.
 */
export function encodeNova(request: CompleteRequest, endpoint: Endpoint): string {
  checkNova(request);
  checkNovaCache(request);
  const plan = planTools(request, endpoint, jsonAnswerOf(request, endpoint, usualJsonOfNova));
  const { reasoningConfig, isUnlimited } = novaReasoning(request, endpoint);
  return JSON.stringify({
    schemaVersion: "messages-v1",
    messages: converseMessages(request.messages),
    system: converseSystem(request),
    inferenceConfig: {
      maxTokens: isUnlimited ? undefined : maxTokensOf(request, endpoint, {}),
      temperature: request.temperature,
      topP: request.topP,
      topK: request.topK,
      stopSequences: request.stopSequences.length > 0 ? request.stopSequences : undefined,
    },
    toolConfig: toolConfigOf(plan, request, novaTools),
    reasoningConfig,
  });
}

/** AWS: Prompt caching, supported models: Nova keeps every entry for five minutes. */
function checkNovaCache(request: CompleteRequest): void {
  checkCachePoints(request);
  const field = longCachePointOf(request);
  if (field) {
    const description = "Nova keeps its cache for five minutes. Leave the field out.";
    throw GatewayError.invalid({ field: `${field}.ttl`, description });
  }
}
