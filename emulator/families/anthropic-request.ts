import { BedrockException } from "../bedrock-exception.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Prompt } from "../prompt.ts";
import { maxOutputTokens } from "./anthropic-limits.ts";
import { readMessages, readSystem } from "./anthropic-messages.ts";

const requiredKeys = ["anthropic_version", "max_tokens", "messages"];

/** Every other key is refused, also `model` and `stream`, which Anthropic's own API has. */
const allowedKeys = [
  ...requiredKeys,
  "amazon-bedrock-guardrailConfig",
  "anthropic_beta",
  "cache_control",
  "context_management",
  "metadata",
  "output_config",
  "stop_sequences",
  "system",
  "temperature",
  "thinking",
  "tool_choice",
  "tools",
  "top_k",
  "top_p",
];

const samplingLimits: Readonly<Record<string, number>> = { temperature: 1, top_p: 1, top_k: 500 };

/** Reads a Messages request, refusing what Bedrock refuses, in the words AWS users quote. */
export function readAnthropicPrompt(body: unknown, modelId: string): Prompt {
  if (body === undefined) throw new BedrockException("ValidationException");
  if (!isJsonObject(body)) throw malformed(["#: expected type: JSONObject"]);
  checkKeys(body);
  return {
    maxTokens: readMaxTokens(body.max_tokens, modelId),
    sampling: readSampling(body),
    stopSequences: readStopSequences(body.stop_sequences),
    system: readSystem(body.system),
    messages: readMessages(body.messages),
  };
}

function malformed(violations: readonly string[]): BedrockException {
  return new BedrockException("ValidationException", {
    message: `Malformed input request: ${violations.join("")}, please reformat your input and try again.`,
  });
}

function checkKeys(body: JsonObject): void {
  const missing = requiredKeys.filter((key) => body[key] === undefined);
  const extraneous = Object.keys(body).filter((key) => !allowedKeys.includes(key));
  const violations = [
    ...missing.map((key) => `#: required key [${key}] not found`),
    ...extraneous.map((key) => `#: extraneous key [${key}] is not permitted`),
  ];
  if (violations.length > 0) throw malformed(violations);
  if (body.anthropic_version !== "bedrock-2023-05-31") {
    throw malformed([`#/anthropic_version: ${body.anthropic_version} is not a valid enum value`]);
  }
}

function readMaxTokens(value: unknown, modelId: string): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw malformed(["#/max_tokens: expected type: Integer"]);
  }
  if (value < 1) throw malformed([`#/max_tokens: ${value} is not greater or equal to 1`]);
  const limit = maxOutputTokens(modelId);
  if (value <= limit) return value;
  throw new BedrockException("ValidationException", {
    message: `The maximum tokens you requested exceed the model limit of ${limit}. Try again with a maximum tokens value lower than ${limit}.`,
  });
}

function readSampling(body: JsonObject): Record<string, number> {
  const sampling: Record<string, number> = {};
  for (const [name, limit] of Object.entries(samplingLimits)) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== "number") throw malformed([`#/${name}: expected type: Number`]);
    if (value < 0) throw malformed([`#/${name}: ${value} is not greater or equal to 0`]);
    if (value > limit) throw malformed([`#/${name}: ${value} is not less or equal to ${limit}`]);
    sampling[name] = value;
  }
  return sampling;
}

function readStopSequences(value: unknown = []): readonly string[] {
  if (!Array.isArray(value)) throw malformed(["#/stop_sequences: expected type: JSONArray"]);
  return value.map((sequence: unknown, index) => {
    if (typeof sequence === "string" && sequence.trim() !== "") return sequence;
    throw malformed([`#/stop_sequences/${index}: each stop sequence must contain non-whitespace`]);
  });
}
