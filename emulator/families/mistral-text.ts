import type { Answer, AnswerWriter } from "../api.ts";
import {
  checkKeys,
  malformed,
  readMaxTokens,
  readNumbers,
  readTexts,
} from "../bedrock/validation.ts";
import { textParts } from "../prompt.ts";
import type { Family } from "./family.ts";
import { mistralChat } from "./mistral-chat.ts";
import { readMistralPrompt } from "./mistral-prompt.ts";
import { isContinued, messagesOf } from "./turns.ts";

const allowedKeys = ["prompt", "max_tokens", "stop", "temperature", "top_p", "top_k"];
const usualTokens = 512;

/** Mistral's models begin an answer with a space. */
function writerWith(lead: string): AnswerWriter {
  return {
    whole: (answer) => ({
      json: output(piecesOf(answer, lead).join(""), stopReason(answer)),
    }),
    *events(answer) {
      const pieces = piecesOf(answer, lead);
      for (const piece of pieces.slice(0, -1)) yield { phase: "token", json: output(piece, null) };
      const last = pieces.at(-1) ?? "";
      const tokens = Math.min(1, pieces.length);
      yield { phase: "last", tokens, json: output(last, stopReason(answer)) };
    },
  };
}

function output(text: string, reason: string | null) {
  return { outputs: [{ text, stop_reason: reason }] };
}

function piecesOf({ completion }: Answer, lead: string): readonly string[] {
  const [first, ...rest] = completion.blocks.flatMap(({ pieces }) => pieces);
  return first === undefined ? [] : [lead + first, ...rest];
}

/** Which stop sequence it was, Mistral does not say. */
function stopReason({ completion: { stopReason: reason } }: Answer): string {
  if (reason === "max_tokens") return "length";
  return ["end_turn", "stop_sequence", "guardrail_intervened"].includes(reason) ? "stop" : reason;
}

/** Mistral 7B, Mixtral, Small and Large 2402: a raw prompt, and no counts in the body. */
export const mistralText: Family = {
  read(body, model) {
    const takesChat = /mistral-large-2402|emulator/.test(model.id);
    if (takesChat && "messages" in body) return mistralChat.read(body, model);
    checkKeys(body, allowedKeys, ["prompt"]);
    const { prompt, max_tokens = usualTokens } = body;
    if (typeof prompt !== "string") throw malformed(["#/prompt: expected type: String"]);
    if (prompt === "") throw malformed(["#/prompt: expected minLength: 1, actual: 0"]);
    const { system, turns } = readMistralPrompt(prompt);
    return {
      writer: writerWith(isContinued(turns) ? "" : " "),
      prompt: {
        system: textParts(system),
        messages: messagesOf(turns),
        maxTokens: readMaxTokens(max_tokens, "#/max_tokens", model.maxOutputTokens),
        stopSequences: readTexts(body.stop, "#/stop"),
        sampling: readNumbers(body, "#", {
          temperature: { min: 0, max: 1 },
          top_p: { min: 0, max: 1 },
          top_k: { min: 0, max: 200, isInteger: true },
        }),
      },
    };
  },
};
