import { readThinking, withThinking } from "../bedrock/read-thinking.ts";
import { memberOf } from "../bedrock/request-options.ts";
import {
  checkKeys,
  invalid,
  malformed,
  readMaxTokens,
  readNumbers,
} from "../bedrock/validation.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Model } from "../models/model.ts";
import type { Prompt, PromptMessage } from "../prompt.ts";
import { readCacheControl } from "./anthropic-blocks.ts";
import { readMessages, readSystem } from "./anthropic-messages.ts";
import { checkToolsGiven, readToolChoice, readTools } from "./anthropic-tools.ts";

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

/** Reads a Messages request, refusing what Bedrock refuses, in the words AWS users quote. */
export function readAnthropicPrompt(body: JsonObject, model: Model): Prompt {
  checkKeys(body, allowedKeys, requiredKeys);
  if (body.anthropic_version !== "bedrock-2023-05-31") {
    throw malformed([`#/anthropic_version: ${body.anthropic_version} is not a valid enum value`]);
  }
  const messages = withLastCachePoint(readMessages(body.messages), body.cache_control);
  const tools = readTools(body.tools);
  checkToolsGiven(messages, tools);
  const schema = readSchema(memberOf(body.output_config, "format"));
  const prompt: Prompt = {
    maxTokens: readMaxTokens(body.max_tokens, "#/max_tokens", model.maxOutputTokens),
    sampling: readNumbers(body, "#", {
      temperature: { min: 0, max: 1 },
      top_p: { min: 0, max: 1 },
      top_k: { min: 0, max: 500 },
    }),
    stopSequences: readStopSequences(body.stop_sequences),
    system: readSystem(body.system),
    messages,
    tools,
    toolChoice: readToolChoice(body.tool_choice, tools),
    ...(schema !== undefined && { answerSchema: schema }),
  };
  const effort = memberOf(body.output_config, "effort");
  return withThinking(prompt, readThinking(body.thinking), effort, model.id);
}

/** A `cache_control` of the whole request stands for one at its end. */
function withLastCachePoint(
  messages: readonly PromptMessage[],
  control: unknown,
): readonly PromptMessage[] {
  const ttl = readCacheControl(control, "request");
  const last = messages.at(-1);
  if (!ttl || !last) return messages;
  const parts = [...last.parts, { kind: "cache-point", ttl } as const];
  return [...messages.slice(0, -1), { ...last, parts }];
}

function readSchema(format: unknown): unknown {
  if (format === undefined) return undefined;
  const { type, schema } = isJsonObject(format) ? format : {};
  if (type === "json_schema" && isJsonObject(schema)) return schema;
  throw invalid("output_config.format: Input should have the type 'json_schema' and a schema");
}

function readStopSequences(value: unknown = []): readonly string[] {
  if (!Array.isArray(value)) throw malformed(["#/stop_sequences: expected type: JSONArray"]);
  return value.map((sequence: unknown, index) => {
    if (typeof sequence === "string" && sequence.trim() !== "") return sequence;
    throw malformed([`#/stop_sequences/${index}: each stop sequence must contain non-whitespace`]);
  });
}
