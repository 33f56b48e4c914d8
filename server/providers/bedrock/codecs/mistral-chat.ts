import type { CompleteRequest } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import type { Accepts } from "../../accepts.ts";
import { objectAt } from "../../codec-parts/json.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import { maxTokensOf } from "../../codec-parts/max-tokens.ts";
import { countsFromMetrics } from "../usage.ts";
import type { Codec } from "./codec.ts";
import { readChat } from "./mistral-chat-answer.ts";
import { readChatPiece } from "./mistral-chat-piece.ts";
import { mistralMessages, mistralTools } from "./mistral-chat-request.ts";

const accepts: Accepts = {
  name: "Mistral chat",
  temperature: 1,
  topP: true,
  topK: false,
  seed: false,
  // The documented body has none; the gateway looks for all of them itself.
  stopSequences: 16,
  blocks: new Set(["text", "toolUse", "toolResult", "reasoning"]),
  tools: true,
  jsonSchema: false,
  reasoning: false,
  systemCachePoint: false,
};

/**
 * Mistral Large 2407 and later, Pixtral, Ministral, Magistral and Devstral on Bedrock: messages and tools (AWS: Mistral AI
 * chat completion). The older models answer in `message` with a `stop_reason`, the newer ones as OpenAI's do.
 */
export const mistralChat: Codec = {
  family: "mistral-chat",
  api: "invoke",
  accepts,
  encode: (request: CompleteRequest, endpoint: Endpoint) =>
    JSON.stringify({
      messages: mistralMessages(request),
      ...mistralTools(request),
      max_tokens: maxTokensOf(request, endpoint, accepts),
      temperature: request.temperature,
      top_p: request.topP,
    }),
  decode(body, asked, counts) {
    const answer = objectAt(body);
    if (!readChatPiece(answer)?.word) {
      throw malformed("The model's answer has no message or no stop reason.");
    }
    const reading = readChat(asked);
    return [...reading.read(answer, counts), ...reading.end()];
  },
  decodeStream(asked) {
    const reading = readChat(asked);
    return {
      push(value) {
        const chunk = objectAt(value);
        return reading.read(chunk, countsFromMetrics(chunk));
      },
      end: () => reading.end(),
      usageSoFar: reading.usageSoFar,
      get isCutShort() {
        return reading.isCutShort();
      },
    };
  },
};
