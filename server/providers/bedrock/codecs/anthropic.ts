import { create } from "@bufbuild/protobuf";
import {
  CompletedSchema,
  type CompleteRequest,
  DeltaSchema,
  FinishReason,
  type Usage,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Endpoint } from "../../../core/call.ts";
import { estimateUsage } from "../../../core/estimate-usage.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { inBandError, malformed } from "../errors.ts";
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from "../json.ts";
import { countsFromMetrics, reportedUsage } from "../usage.ts";
import { encodeAnthropic } from "./anthropic-request.ts";
import type { Asked, Codec, StreamDecoder, TokenCounts } from "./codec.ts";
import { createTextJoiner } from "./text-joiner.ts";

/** Claude on Bedrock: the Messages body (AWS: Anthropic Claude Messages API). */
export const anthropic: Codec = {
  family: "anthropic",
  api: "invoke",
  accepts: {
    name: "Claude",
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
  },
  encode: (request: CompleteRequest, endpoint: Endpoint) => encodeAnthropic(request, endpoint),
  decode: decodeAnswer,
  decodeStream,
};

/** Stop reasons are an open set; an unknown one is OTHER, with the provider's word beside it. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", FinishReason.STOP],
  ["max_tokens", FinishReason.LENGTH],
  ["stop_sequence", FinishReason.STOP_SEQUENCE],
  ["tool_use", FinishReason.TOOL_USE],
  ["refusal", FinishReason.REFUSAL],
  ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
]);

function decodeAnswer(
  body: unknown,
  { request }: Asked,
  headerCounts: TokenCounts | undefined,
): CompletionEvent[] {
  const message = objectAt(body);
  if (!Array.isArray(message.content) || !textAt(message.stop_reason)) {
    throw malformed("The model's answer has no content or no stop reason.");
  }
  const blocks = objectsAt(message.content);
  const answer = blocks.map((block) => textAt(block.text) ?? "").join("");
  const counts = countsFromUsage(objectAt(message.usage)) ?? headerCounts;
  const usage = counts ? reportedUsage(counts) : estimateUsage(request, Buffer.byteLength(answer));
  return [...blocks.flatMap(wholeBlock), completed(message, usage)];
}

function wholeBlock(block: JsonObject, blockIndex: number): CompletionEvent[] {
  const text = textAt(block.text);
  if (block.type === "text" && text) return [textDelta(blockIndex, text)];
  if (block.type === "thinking") {
    const reasoning = {
      text: textAt(block.thinking) ?? "",
      signature: textAt(block.signature) ?? "",
    };
    return [reasoningDelta(blockIndex, reasoning)];
  }
  return [];
}

function decodeStream({ request }: Asked): StreamDecoder {
  const joiner = createTextJoiner();
  let usage: JsonObject = {};
  let ending: JsonObject = {};
  let answerBytes = 0;

  const settledUsage = (last: JsonObject): Usage => {
    const counts = countsFromUsage(usage) ?? countsFromMetrics(last);
    return counts ? reportedUsage(counts) : estimateUsage(request, answerBytes);
  };
  const text = (blockIndex: number, piece: string): CompletionEvent[] => {
    if (piece === "") return [];
    answerBytes += Buffer.byteLength(piece);
    return [textDelta(blockIndex, piece)];
  };
  const blockDelta = (chunk: JsonObject): CompletionEvent[] => {
    const blockIndex = countAt(chunk.index) ?? 0;
    const delta = objectAt(chunk.delta);
    if (delta.type === "text_delta") {
      return text(blockIndex, joiner.push(blockIndex, textAt(delta.text) ?? ""));
    }
    if (delta.type === "thinking_delta" || delta.type === "signature_delta") {
      const piece = {
        text: textAt(delta.thinking) ?? "",
        signature: textAt(delta.signature) ?? "",
      };
      return [reasoningDelta(blockIndex, piece)];
    }
    return [];
  };

  return {
    push(value) {
      const chunk = objectAt(value);
      switch (chunk.type) {
        case "message_start":
          usage = objectAt(objectAt(chunk.message).usage);
          return [];
        case "content_block_delta":
          return blockDelta(chunk);
        case "content_block_stop": {
          const blockIndex = countAt(chunk.index) ?? 0;
          return text(blockIndex, joiner.end(blockIndex));
        }
        case "message_delta":
          usage = { ...usage, ...objectAt(chunk.usage) };
          ending = objectAt(chunk.delta);
          return [];
        case "message_stop":
          if (!textAt(ending.stop_reason))
            throw malformed("The stream ended without a stop reason.");
          return [completed(ending, settledUsage(chunk))];
        case "error":
          throw inBandError(textAt(objectAt(chunk.error).type) ?? "");
        default:
          return [];
      }
    },
    usageSoFar() {
      const estimate = estimateUsage(request, answerBytes);
      return { ...estimate, inputTokens: countAt(usage.input_tokens) ?? estimate.inputTokens };
    },
  };
}

/** `input_tokens` leaves cached tokens out; `output_tokens` of a stream is a running total. */
function countsFromUsage(usage: JsonObject): TokenCounts | undefined {
  const inputTokens = countAt(usage.input_tokens);
  const outputTokens = countAt(usage.output_tokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: countAt(usage.cache_read_input_tokens),
    cacheWriteInputTokens: countAt(usage.cache_creation_input_tokens),
  };
}

function completed(ending: JsonObject, usage: Usage): CompletionEvent {
  const word = textAt(ending.stop_reason) ?? "";
  return {
    case: "completed",
    value: create(CompletedSchema, {
      finishReason: finishReasons.get(word) ?? FinishReason.OTHER,
      providerFinishReason: word,
      stopSequence: textAt(ending.stop_sequence) ?? "",
      usage,
    }),
  };
}

function textDelta(blockIndex: number, text: string): CompletionEvent {
  return {
    case: "delta",
    value: create(DeltaSchema, { blockIndex, piece: { case: "text", value: text } }),
  };
}

function reasoningDelta(
  blockIndex: number,
  piece: { readonly text: string; readonly signature: string },
): CompletionEvent {
  return {
    case: "delta",
    value: create(DeltaSchema, { blockIndex, piece: { case: "reasoning", value: piece } }),
  };
}
