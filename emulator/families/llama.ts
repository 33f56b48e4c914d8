import type { Answer, AnswerWriter } from "../api.ts";
import { checkKeys, malformed, readMaxTokens, readNumbers } from "../bedrock/validation.ts";
import { countPieces } from "../completion.ts";
import { textParts } from "../prompt.ts";
import type { Family } from "./family.ts";
import { readLlamaPrompt } from "./llama-prompt.ts";
import { messagesOf } from "./turns.ts";

const allowedKeys = ["prompt", "max_gen_len", "temperature", "top_p", "images"];
const largestGeneration = 2_048;
const usualGeneration = 512;

const writer: AnswerWriter = {
  whole: ({ completion }) => ({
    json: {
      generation: completion.blocks.flatMap(({ pieces }) => pieces).join(""),
      ...(completion.usage && {
        prompt_token_count: completion.usage.inputTokens,
        generation_token_count: completion.usage.outputTokens,
      }),
      stop_reason: stopReason(completion.stopReason),
    },
  }),
  *events(answer) {
    const { completion } = answer;
    let count = 0;
    for (const piece of completion.blocks.flatMap(({ pieces }) => pieces)) {
      count += 1;
      yield { phase: "token", json: chunk(answer, piece, count, null) };
    }
    const reason = stopReason(completion.stopReason);
    yield { phase: "last", json: chunk(answer, "", countPieces(completion), reason) };
  },
};

/** The count of the prompt is a number in the first chunk only; that of the answer runs along. */
function chunk({ completion }: Answer, piece: string, count: number, reason: string | null) {
  const isFirst = count <= 1 && (piece !== "" || count === 0);
  return {
    generation: piece,
    ...(completion.usage && {
      prompt_token_count: isFirst ? completion.usage.inputTokens : null,
      generation_token_count: count,
    }),
    stop_reason: reason,
  };
}

function stopReason(reason: string): string {
  if (reason === "max_tokens") return "length";
  return ["end_turn", "guardrail_intervened"].includes(reason) ? "stop" : reason;
}

/** Meta's Llama 3 to 4 as Bedrock serves them: a raw prompt, and no parameter for stop sequences. */
export const llama: Family = {
  read(body, model) {
    checkKeys(body, allowedKeys, ["prompt"]);
    const { prompt, max_gen_len = usualGeneration } = body;
    if (typeof prompt !== "string") throw malformed(["#/prompt: expected type: String"]);
    if (prompt === "") throw malformed(["#/prompt: expected minLength: 1, actual: 0"]);
    const isKnown = model.maxOutputTokens < 1_000_000;
    const limit = isKnown ? largestGeneration : model.maxOutputTokens;
    const { system, turns } = readLlamaPrompt(prompt, model.id);
    return {
      writer,
      prompt: {
        system: textParts(system),
        messages: messagesOf(turns),
        maxTokens: readMaxTokens(max_gen_len, "#/max_gen_len", limit),
        stopSequences: [],
        sampling: readNumbers(body, "#", {
          temperature: { min: 0, max: 1 },
          top_p: { min: 0, max: 1 },
        }),
      },
    };
  },
};
