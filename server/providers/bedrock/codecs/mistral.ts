import {
  type CompleteRequest,
  FinishReason,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../../core/call.ts";
import type { Accepts } from "../../accepts.ts";
import { type JsonObject, objectsAt, textAt } from "../../codec-parts/json.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import type { Codec } from "./codec.ts";
import { mistralPrompt } from "./mistral-prompt.ts";
import { type TextPiece, textDecoding } from "./text-answer.ts";
import { textTurns } from "./text-turns.ts";

const accepts: Accepts = {
  name: "Mistral instruct",
  temperature: 1,
  topP: true,
  topK: true,
  seed: false,
  stopSequences: 16,
  blocks: new Set(["text"]),
  tools: false,
  jsonSchema: false,
  reasoning: false,
  systemCachePoint: false,
};

/** The most stop sequences that a model takes (AWS: Mistral AI text completion). The gateway looks for the others. */
const mostNativeStops = 10;

/**
 * Mistral 7B, Mixtral, Small 2402 and Large 2402 on Bedrock: a raw prompt in the instruct template (AWS: Mistral AI text
 * completion). The models begin their answer with the space that stands between `[/INST]` and a turn of theirs; it is
 * part of the template and taken off. They do not count tokens; the service does.
 */
export const mistral: Codec = {
  family: "mistral",
  api: "invoke",
  accepts,
  encode: (request: CompleteRequest, endpoint: Endpoint, continued?: Continued) =>
    JSON.stringify({
      prompt: mistralPrompt(request.system, textTurns(request), continued?.text),
      max_tokens: maxTokensOf(request, endpoint, accepts, continued),
      temperature: request.temperature,
      top_p: request.topP,
      top_k: request.topK,
      stop:
        request.stopSequences.length > 0
          ? request.stopSequences.slice(0, mostNativeStops)
          : undefined,
    }),
  ...textDecoding({
    readBody: (body) => {
      const [output] = objectsAt(body.outputs);
      return output && textAt(output.text) !== undefined ? readOutput(output) : undefined;
    },
    readChunk: (chunk) => readOutput(objectsAt(chunk.outputs)[0] ?? {}),
    lead: " ",
    finishReasons: new Map([
      // Said for a stop sequence too.
      ["stop", FinishReason.STOP],
      ["length", FinishReason.LENGTH],
    ]),
  }),
};

function readOutput(output: JsonObject): TextPiece {
  return { text: textAt(output.text) ?? "", word: textAt(output.stop_reason) };
}
