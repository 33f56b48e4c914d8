import { readConverseMessages, readConverseSystem } from "../bedrock/converse/read-messages.ts";
import { readToolConfig } from "../bedrock/converse/read-tools.ts";
import { readNovaReasoning } from "../bedrock/nova-reasoning.ts";
import {
  checkKeys,
  malformed,
  readMaxTokens,
  readNumbers,
  readTexts,
} from "../bedrock/validation.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Family } from "./family.ts";
import { novaWriter } from "./nova-answer.ts";

const allowedKeys = [
  "schemaVersion",
  "system",
  "messages",
  "inferenceConfig",
  "toolConfig",
  "reasoningConfig",
];
const configKeys = [
  "maxTokens",
  "max_new_tokens",
  "temperature",
  "topP",
  "top_p",
  "topK",
  "top_k",
  "stopSequences",
];

/** Amazon Nova (messages-v1): blocks as in Converse, and a stream with a block per token. */
export const nova: Family = {
  read(body, model) {
    checkKeys(body, allowedKeys, ["messages"]);
    const { schemaVersion = "messages-v1", inferenceConfig: config = {} } = body;
    if (schemaVersion !== "messages-v1") {
      throw malformed([`#/schemaVersion: ${String(schemaVersion)} is not a valid enum value`]);
    }
    const place = "#/inferenceConfig";
    if (!isJsonObject(config)) throw malformed([`${place}: expected type: JSONObject`]);
    checkKeys(config, configKeys, [], place);
    const messages = readConverseMessages(body.messages);
    const maxTokens = config.maxTokens ?? config.max_new_tokens;
    return {
      writer: novaWriter,
      prompt: {
        system: readConverseSystem(body.system),
        messages,
        maxTokens: readMaxTokens(maxTokens, `${place}/maxTokens`, model.maxOutputTokens),
        stopSequences: readTexts(config.stopSequences, `${place}/stopSequences`),
        sampling: readSampling(config, place),
        ...readToolConfig(body.toolConfig, messages),
        ...readNovaReasoning(body.reasoningConfig, undefined),
      },
    };
  },
};

/** Parameters have two spellings each. */
function readSampling(config: JsonObject, place: string): Record<string, number> {
  const fraction = { min: 0, max: 1 };
  const whole = { min: 0, max: 128, isInteger: true };
  const limits = {
    temperature: fraction,
    topP: fraction,
    top_p: fraction,
    topK: whole,
    top_k: whole,
  };
  const { topP, topK, ...rest } = readNumbers(config, place, limits);
  return {
    ...rest,
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
}
