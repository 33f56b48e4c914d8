import {
  type CompleteRequest,
  FinishReason,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../../core/call.ts";
import type { Accepts } from "../../accepts.ts";
import { countAt, type JsonObject, objectsAt, textAt } from "../../codec-parts/json.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import type { Codec } from "./codec.ts";
import { type TextPiece, textDecoding } from "./text-answer.ts";
import { textTurns } from "./text-turns.ts";
import { titanPrompt } from "./titan-prompt.ts";

const accepts: Accepts = {
  name: "Titan",
  temperature: 1,
  topP: true,
  topK: false,
  seed: false,
  stopSequences: 16,
  blocks: new Set(["text"]),
  tools: false,
  jsonSchema: false,
  reasoning: false,
  systemCachePoint: false,
};

/** The only stop sequences that the models take (their schema's own pattern). The gateway looks for all the others. */
const nativeStop = /^(?:\|+|User:)$/;

/**
 * Titan Text Lite, Express and Premier on Bedrock: a raw prompt of turns (AWS: Amazon Titan Text models). The models
 * begin their answer on a new line; the line break is taken off.
 */
export const titan: Codec = {
  family: "titan",
  api: "invoke",
  accepts,
  encode: (request: CompleteRequest, endpoint: Endpoint, continued?: Continued) => {
    const stopSequences = request.stopSequences.filter((stop) => nativeStop.test(stop));
    return JSON.stringify({
      inputText: titanPrompt(request.system, textTurns(request), continued?.text),
      textGenerationConfig: {
        maxTokenCount: maxTokensOf(request, endpoint, accepts, continued),
        temperature: request.temperature,
        topP: request.topP,
        stopSequences: stopSequences.length > 0 ? stopSequences : undefined,
      },
    });
  },
  ...textDecoding({
    readBody: (body) => {
      const [result] = objectsAt(body.results);
      if (!result || textAt(result.outputText) === undefined) return undefined;
      return {
        ...readText(result),
        inputTokens: countAt(body.inputTextTokenCount),
        outputTokens: countAt(result.tokenCount),
      };
    },
    readChunk: (chunk) => ({
      ...readText(chunk),
      inputTokens: countAt(chunk.inputTextTokenCount),
      outputTokens: countAt(chunk.totalOutputTextTokenCount),
    }),
    lead: "\n",
    finishReasons: new Map([
      ["FINISH", FinishReason.STOP],
      ["FINISHED", FinishReason.STOP],
      ["LENGTH", FinishReason.LENGTH],
      ["STOP_CRITERIA_MET", FinishReason.STOP_SEQUENCE],
      ["CONTENT_FILTERED", FinishReason.CONTENT_FILTER],
    ]),
  }),
};

function readText(json: JsonObject): TextPiece {
  return { text: textAt(json.outputText) ?? "", word: textAt(json.completionReason) };
}
