import type { Answer, AnswerWriter } from "../api.ts";
import {
  checkKeys,
  malformed,
  readMaxTokens,
  readNumbers,
  readTexts,
} from "../bedrock/validation.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { textParts } from "../prompt.ts";
import type { Family } from "./family.ts";
import { readTitanPrompt } from "./titan-prompt.ts";
import { isContinued, messagesOf } from "./turns.ts";

const configKeys = ["temperature", "topP", "maxTokenCount", "stopSequences"];
const usualTokens = 512;
const chunksOfStream = 3;
/** The only stop sequences that Titan takes. */
const stopPattern = /^(?:\|+|User:)$/;

/** Titan begins an answer on a new line. */
function writerWith(lead: string): AnswerWriter {
  return {
    whole: (answer) => ({
      json: {
        ...(answer.completion.usage && {
          inputTextTokenCount: answer.completion.usage.inputTokens,
        }),
        results: [
          {
            ...(answer.completion.usage && { tokenCount: answer.completion.usage.outputTokens }),
            outputText: piecesOf(answer, lead).join(""),
            completionReason: completionReason(answer),
          },
        ],
      },
    }),
    *events(answer) {
      const pieces = piecesOf(answer, lead);
      const size = Math.max(1, Math.ceil(pieces.length / chunksOfStream));
      let at = 0;
      for (; at + size < pieces.length; at += size) {
        const text = pieces.slice(at, at + size).join("");
        yield { phase: "token", tokens: size, json: interimChunk(text) };
      }
      const rest = pieces.slice(at);
      yield { phase: "last", tokens: rest.length, json: lastChunk(answer, rest.join("")) };
    },
  };
}

function piecesOf({ completion }: Answer, lead: string): readonly string[] {
  const [first, ...rest] = completion.blocks.flatMap(({ pieces }) => pieces);
  return first === undefined ? [] : [lead + first, ...rest];
}

function interimChunk(outputText: string): JsonObject {
  return {
    outputText,
    index: 0,
    totalOutputTextTokenCount: null,
    completionReason: null,
    inputTextTokenCount: null,
  };
}

function lastChunk(answer: Answer, outputText: string): JsonObject {
  const { usage } = answer.completion;
  return {
    ...interimChunk(outputText),
    totalOutputTextTokenCount: usage?.outputTokens ?? null,
    completionReason: completionReason(answer),
    inputTextTokenCount: usage?.inputTokens ?? null,
  };
}

const completionReasons: ReadonlyMap<string, string> = new Map([
  ["end_turn", "FINISH"],
  ["max_tokens", "LENGTH"],
  ["stop_sequence", "STOP_CRITERIA_MET"],
  ["guardrail_intervened", "CONTENT_FILTERED"],
]);

function completionReason({ completion: { stopReason } }: Answer): string {
  return completionReasons.get(stopReason) ?? stopReason;
}

/** Amazon Titan Text: a raw prompt of `User:` and `Bot:` turns, streamed in a few big chunks. */
export const titan: Family = {
  read(body, model) {
    checkKeys(body, ["inputText", "textGenerationConfig"], ["inputText"]);
    const { inputText, textGenerationConfig: config = {} } = body;
    if (typeof inputText !== "string") throw malformed(["#/inputText: expected type: String"]);
    if (inputText === "") throw malformed(["#/inputText: expected minLength: 1, actual: 0"]);
    const place = "#/textGenerationConfig";
    if (!isJsonObject(config)) throw malformed([`${place}: expected type: JSONObject`]);
    checkKeys(config, configKeys, [], place);
    const { system, turns } = readTitanPrompt(inputText);
    const { maxTokenCount = usualTokens } = config;
    const limits = { temperature: { min: 0, max: 1 }, topP: { min: 0, max: 1 } };
    const { topP, ...sampling } = readNumbers(config, place, limits);
    return {
      writer: writerWith(isContinued(turns) ? "" : "\n"),
      prompt: {
        system: textParts(system),
        messages: messagesOf(turns),
        maxTokens: readMaxTokens(maxTokenCount, `${place}/maxTokenCount`, model.maxOutputTokens),
        stopSequences: readStops(config.stopSequences, `${place}/stopSequences`),
        sampling: { ...sampling, ...(topP !== undefined && { top_p: topP }) },
      },
    };
  },
};

function readStops(value: unknown, place: string): readonly string[] {
  const stops = readTexts(value, place);
  const index = stops.findIndex((stop) => !stopPattern.test(stop));
  if (index < 0) return stops;
  throw malformed([
    `${place}/${index}: string [${stops[index]}] does not match pattern ^(\\|+|User:)$`,
  ]);
}
