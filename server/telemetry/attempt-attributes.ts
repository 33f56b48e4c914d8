import type { Attributes } from "@opentelemetry/api";
import {
  FinishReason,
  HopOutcome,
  HopReason,
  type Usage,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Endpoint } from "../core/call.ts";
import { linksOf } from "../core/linked-context.ts";
import { promptTokensOf } from "../core/money.ts";
import { attributes, type GenAiNames, ownAttributes } from "./semconv.ts";

/** Where a provider is asked. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What is known of an endpoint besides what an attempt says. */
export interface EndpointFacts {
  /** Undefined where it is not known. */
  readonly addressOf: (endpoint: Endpoint) => ServerAddress | undefined;
  /** The guardrail that checks every call at this endpoint; undefined without one. */
  readonly guardrailOf: (endpoint: Endpoint) => string | undefined;
}

/** What the conventions call the only operation that the gateway knows. */
export const operation = "chat";

/**
 * What stands on every measurement and span of an endpoint. Few values each, and few of them: they become labels, and
 * each costs time with every measurement. The region says what a server's address would.
 */
export function endpointAttributes({ provider, region, model }: Endpoint): Attributes {
  return {
    [attributes.genAiOperation]: operation,
    [attributes.genAiProvider]: providerNames.get(provider) ?? provider,
    [attributes.genAiRequestModel]: model,
    [attributes.cloudRegion]: region,
  };
}

/** The conventions' names of the providers. */
const providerNames: ReadonlyMap<string, string> = new Map([
  ["bedrock", "aws.bedrock"],
  ["openai", "openai"],
]);

/** What a span has from its start, which is what samplers decide by. Nothing of what was asked. */
export function startAttributes(
  attempt: Attempt,
  about: Attributes,
  { addressOf, guardrailOf }: EndpointFacts,
): Attributes {
  const { request, delivery, number, endpoint } = attempt;
  const address = addressOf(endpoint);
  const { maxTokens, temperature, topP } = request;
  const guardrail = request.guardrail?.id || guardrailOf(endpoint);
  const started: Attributes = {
    ...about,
    [ownAttributes.hopIndex]: number - 1,
    [ownAttributes.hopReason]: reasonWord(attempt),
  };
  if (address) {
    started[attributes.serverAddress] = address.host;
    started[attributes.serverPort] = address.port;
  }
  if (maxTokens !== undefined) started[attributes.genAiRequestMaxTokens] = maxTokens;
  if (temperature !== undefined) started[attributes.genAiRequestTemperature] = temperature;
  if (topP !== undefined) started[attributes.genAiRequestTopP] = topP;
  if (delivery === "stream") started[attributes.genAiRequestStream] = true;
  if (guardrail) started[attributes.awsGuardrailId] = guardrail;
  return started;
}

/** Why an attempt is made: a word of the contract, or `shadow` for a copy that no caller sees. */
export function reasonWord({ reason, context }: Attempt): string {
  return linksOf(context) ? "shadow" : (reasonWords.get(reason) ?? "unspecified");
}

const reasonWords = wordsOf(HopReason);
const outcomeWords = wordsOf(HopOutcome);
const finishWords = wordsOf(FinishReason);

/** Why an answer ended, in lower case. */
export function finishWord(reason: FinishReason): string {
  return finishWords.get(reason) ?? "unspecified";
}

/** `succeeded`, `failed`, `cancelled` or `skipped`. */
export function outcomeWord(outcome: HopOutcome): string {
  return outcomeWords.get(outcome) ?? "unspecified";
}

/** What the provider's attempt took, as its hop says it; the conventions count cached tokens as input. */
export function usageAttributes(usage: Usage, { cacheWriteTokens }: GenAiNames): Attributes {
  const { outputTokens, cacheReadInputTokens, cacheWriteInputTokens, reasoningTokens } = usage;
  const counted: Attributes = {
    [attributes.genAiInputTokens]: promptTokensOf(usage),
    [attributes.genAiOutputTokens]: outputTokens,
  };
  if (usage.source === UsageSource.ESTIMATED) counted[ownAttributes.usageSource] = "estimated";
  if (cacheReadInputTokens > 0) counted[attributes.genAiCacheReadTokens] = cacheReadInputTokens;
  if (cacheWriteInputTokens > 0) counted[cacheWriteTokens] = cacheWriteInputTokens;
  if (reasoningTokens > 0) counted[attributes.genAiReasoningTokens] = reasoningTokens;
  return counted;
}

/** Why the answer ended, as the conventions want it: a list with one word for the one answer. */
export function finishAttributes(model: string, finishReason: FinishReason): Attributes {
  return {
    [attributes.genAiResponseModel]: model,
    [attributes.genAiFinishReasons]: [finishWord(finishReason)],
  };
}

function wordsOf(values: Readonly<Record<string, string | number>>): ReadonlyMap<unknown, string> {
  return new Map(Object.entries(values).map(([name, value]) => [value, name.toLowerCase()]));
}
