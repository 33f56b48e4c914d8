import {
  checkKeys,
  malformed,
  readMaxTokens,
  readNumbers,
  readTexts,
} from "../bedrock/validation.ts";
import { isJsonObject } from "../json.ts";
import type { ToolChoice } from "../prompt.ts";
import type { Family } from "./family.ts";
import { mistralChatWriter, openAiLikeWriter } from "./mistral-chat-answer.ts";
import { readChatMessages, readChatTools } from "./mistral-chat-messages.ts";

const allowedKeys = [
  "messages",
  "tools",
  "tool_choice",
  "max_tokens",
  "stop",
  "temperature",
  "top_p",
  "response_format",
];
const usualTokens = 8_192;

/** Mistral's chat form: Large 2407, Pixtral, and the newer models, which answer as OpenAI's do. */
export const mistralChat: Family = {
  read(body, model) {
    checkKeys(body, allowedKeys, ["messages"]);
    const isOlder = /-24\d\d-|-2502-|emulator/.test(model.id);
    const limit = model.maxOutputTokens;
    const { max_tokens = Math.min(usualTokens, limit) } = body;
    const schema = readSchema(body.response_format);
    return {
      writer: isOlder ? mistralChatWriter : openAiLikeWriter,
      prompt: {
        ...readChatMessages(body.messages),
        maxTokens: readMaxTokens(max_tokens, "#/max_tokens", limit),
        stopSequences: readTexts(body.stop, "#/stop"),
        sampling: readNumbers(body, "#", {
          temperature: { min: 0, max: 1 },
          top_p: { min: 0, max: 1 },
        }),
        tools: readChatTools(body.tools),
        toolChoice: readToolChoice(body.tool_choice),
        isReasoning: model.alwaysReasons,
        ...(schema !== undefined && { answerSchema: schema }),
      },
    };
  },
};

function readToolChoice(value: unknown = "auto"): ToolChoice {
  if (value === "auto" || value === "any" || value === "none") return { kind: value };
  throw malformed([`#/tool_choice: ${JSON.stringify(value)} is not a valid enum value`]);
}

function readSchema(format: unknown): unknown {
  const named = isJsonObject(format) ? format.json_schema : undefined;
  return isJsonObject(named) ? named.schema : undefined;
}
