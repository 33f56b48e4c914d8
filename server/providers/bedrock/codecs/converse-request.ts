import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { type JsonAnswer, jsonAnswerOf } from "../../codec-parts/json-answer.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import { planTools } from "../../codec-parts/tool-plan.ts";
import { latencyWord, serviceTierWord } from "../transport/aws-words.ts";
import { checkCachePoints } from "./cache-points.ts";
import { converseMessages } from "./converse-blocks.ts";
import { converseSystem, type ToolRules, toolConfigOf } from "./converse-tools.ts";
import { makerFieldsOf } from "./maker-fields.ts";
import { madeModelOf } from "./model-maker.ts";
import { novaTools } from "./nova-rules.ts";

/** How models are made to answer in JSON where the catalogue knows nothing better. */
export const usualJsonOfConverse = "tool";

/** The body of Converse and ConverseStream (AWS: Converse). Members that are undefined are not written. */
export function encodeConverse(request: CompleteRequest, endpoint: Endpoint): string {
  checkCachePoints(request);
  const answer = jsonAnswerOf(request, endpoint, usualJsonOfConverse);
  const plan = planTools(request, endpoint, answer);
  const maxTokens = maxTokensOf(request, endpoint, {});
  const { fields, isUnlimited } = makerFieldsOf(request, endpoint, maxTokens);
  return JSON.stringify({
    messages: converseMessages(request.messages),
    system: converseSystem(request),
    inferenceConfig: {
      maxTokens: isUnlimited ? undefined : maxTokens,
      temperature: request.temperature,
      topP: request.topP,
      stopSequences: request.stopSequences.length > 0 ? request.stopSequences : undefined,
    },
    toolConfig: toolConfigOf(plan, request, toolRulesOf(endpoint)),
    additionalModelRequestFields: Object.keys(fields).length > 0 ? fields : undefined,
    outputConfig: outputConfigOf(answer),
    ...optionsOf(request),
  });
}

const ordinaryTools: ToolRules = { cachesTools: true, schemaOf: (schema) => schema };

function toolRulesOf({ model }: Endpoint): ToolRules {
  return madeModelOf(model)?.maker === "amazon" ? novaTools : ordinaryTools;
}

/** The schema travels as a text. */
function outputConfigOf(answer: JsonAnswer | undefined) {
  if (answer?.by !== "format") return undefined;
  const jsonSchema = { name: answer.name, schema: JSON.stringify(answer.schema) };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

/** What travels in headers beside the bodies of InvokeModel. */
function optionsOf({ guardrail, serviceTier, latencyProfile }: CompleteRequest) {
  const type = serviceTierWord(serviceTier);
  const latency = latencyWord(latencyProfile);
  return {
    guardrailConfig: guardrail && {
      guardrailIdentifier: guardrail.id,
      guardrailVersion: guardrail.version,
    },
    performanceConfig: latency && { latency },
    serviceTier: type && { type },
  };
}
