import { isJsonObject, type JsonObject } from "../../json.ts";
import type { Model } from "../../models/model.ts";
import type { Prompt } from "../../prompt.ts";
import { readNovaReasoning } from "../nova-reasoning.ts";
import { readThinking, withThinking } from "../read-thinking.ts";
import { memberOf } from "../request-options.ts";
import { checkKeys, invalid, readNumbers } from "../validation.ts";

const claudeKeys = [
  "anthropic_beta",
  "context_management",
  "metadata",
  "output_config",
  "reasoning_config",
  "thinking",
  "tool_choice",
  "top_k",
];

/**
 * Adds what `additionalModelRequestFields` says, in the model's own words: Claude and Nova refuse
 * fields that they do not know, of others all are let in.
 */
export function readExtraFields(prompt: Prompt, fields: unknown = {}, model: Model): Prompt {
  if (!isJsonObject(fields)) throw invalid("additionalModelRequestFields is not an object.");
  if (model.family === "anthropic") return withClaudeFields(prompt, fields, model);
  if (model.family === "nova") return withNovaFields(prompt, fields);
  const effort = fields.reasoning_effort;
  return {
    ...prompt,
    sampling: { ...prompt.sampling, ...readTopK(fields) },
    isReasoning: model.alwaysReasons,
    ...(typeof effort === "string" && { facts: { effort } }),
  };
}

function withClaudeFields(prompt: Prompt, fields: JsonObject, model: Model): Prompt {
  checkKeys(fields, claudeKeys);
  const extended = { ...prompt, sampling: { ...prompt.sampling, ...readTopK(fields) } };
  const thinking = readThinking(fields.thinking ?? fields.reasoning_config);
  const effort = memberOf(fields.output_config, "effort");
  return withThinking(extended, thinking, effort, model.id);
}

function withNovaFields(prompt: Prompt, fields: JsonObject): Prompt {
  checkKeys(fields, ["inferenceConfig", "reasoningConfig"]);
  const topK = readNumbers(
    isJsonObject(fields.inferenceConfig) ? fields.inferenceConfig : {},
    "#",
    {
      topK: { min: 0, max: 128, isInteger: true },
    },
  ).topK;
  const sampling = { ...prompt.sampling, ...(topK !== undefined && { top_k: topK }) };
  return { ...prompt, sampling, ...readNovaReasoning(fields.reasoningConfig, prompt.facts) };
}

function readTopK(fields: JsonObject): Record<string, number> {
  return readNumbers(fields, "#", { top_k: { min: 0, max: 500, isInteger: true } });
}
