import {
  type CompleteRequest,
  FinishReason,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Continued, Endpoint } from "../../../core/call.ts";
import type { Accepts } from "../../accepts.ts";
import { countAt, type JsonObject, textAt } from "../../codec-parts/json.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import type { Codec } from "./codec.ts";
import { llamaPrompt, llamaTemplateOf } from "./llama-prompt.ts";
import { type TextPiece, textDecoding } from "./text-answer.ts";
import { textTurns } from "./text-turns.ts";

const accepts: Accepts = {
  name: "Llama",
  temperature: 1,
  topP: true,
  topK: false,
  seed: false,
  maxTokens: 2048,
  // The models take none; the gateway looks for all of them itself.
  stopSequences: 16,
  blocks: new Set(["text"]),
  tools: false,
  jsonSchema: false,
  reasoning: false,
  systemCachePoint: false,
};

/** Llama 3, 3.1, 3.2, 3.3 and 4 on Bedrock: a raw prompt in the chat template (AWS: Meta Llama models). */
export const llama: Codec = {
  family: "llama",
  api: "invoke",
  accepts,
  encode: (request: CompleteRequest, endpoint: Endpoint, continued?: Continued) =>
    JSON.stringify({
      prompt: llamaPrompt(
        request.system,
        textTurns(request),
        llamaTemplateOf(endpoint.model),
        continued?.text,
      ),
      max_gen_len: maxTokensOf(request, endpoint, accepts, continued),
      temperature: request.temperature,
      top_p: request.topP,
    }),
  ...textDecoding({
    readBody: (body) => (textAt(body.generation) === undefined ? undefined : readPiece(body)),
    readChunk: readPiece,
    lead: "",
    finishReasons: new Map([
      ["stop", FinishReason.STOP],
      ["length", FinishReason.LENGTH],
    ]),
  }),
};

/** The prompt is counted in the first chunk only; the count of the generation is a running total. */
function readPiece(json: JsonObject): TextPiece {
  return {
    text: textAt(json.generation) ?? "",
    word: textAt(json.stop_reason),
    inputTokens: countAt(json.prompt_token_count),
    outputTokens: countAt(json.generation_token_count),
  };
}
