import { FinishReason, type Usage } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { estimateUsage } from "../../../core/estimate-usage.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { completed } from "../../codec-parts/events.ts";
import { countAt, type JsonObject, objectAt, textAt } from "../../codec-parts/json.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import type { Asked, StreamDecoder } from "../../codec-parts/stream-decoder.ts";
import { inBandError } from "../errors.ts";
import { countsFromMetrics } from "../usage.ts";
import { anthropicWriter, endAnthropic, writeBlock } from "./anthropic-answer.ts";
import { anthropicCounts } from "./anthropic-counts.ts";

/** Reads a stream of Claude: `message_stop` is its end (Anthropic: Streaming messages). */
export function decodeAnthropicStream(asked: Asked): StreamDecoder {
  const writer = anthropicWriter(asked);
  let usage: JsonObject = {};
  let ending: JsonObject = {};
  let isWhole = false;
  let isCutShort = false;

  const pieceOf = (index: number, delta: JsonObject): CompletionEvent[] => {
    switch (delta.type) {
      case "text_delta":
        return writer.text(index, textAt(delta.text) ?? "");
      case "thinking_delta":
        return writer.reasoning(index, { text: textAt(delta.thinking) });
      case "signature_delta":
        return writer.reasoning(index, { signature: textAt(delta.signature) });
      case "input_json_delta":
        return writer.toolInput(index, textAt(delta.partial_json) ?? "");
      default:
        return [];
    }
  };
  const end = (last: JsonObject): CompletionEvent[] => {
    if (!textAt(ending.stop_reason)) throw malformed("The stream ended without a stop reason.");
    isWhole = true;
    return endAnthropic(writer, ending, asked, anthropicCounts(usage) ?? countsFromMetrics(last));
  };

  /** Claude itself does not know that the answer is over. */
  const cutShort = (stopSequence: string): CompletionEvent[] => {
    isWhole = true;
    isCutShort = true;
    const finishReason = FinishReason.STOP_SEQUENCE;
    const end = completed({ finishReason, word: "", stopSequence, usage: usageSoFar() });
    return [...writer.finish(), end];
  };
  const usageSoFar = (): Usage => {
    const { request, continued } = asked;
    const estimate = estimateUsage(request, writer.bytes, continued?.text);
    const counts = anthropicCounts({ output_tokens: 0, ...usage });
    if (!counts) return estimate;
    const outputTokens = Math.max(counts.outputTokens, estimate.outputTokens);
    const { inputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = counts;
    return { ...estimate, inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens };
  };
  const read = (chunk: JsonObject): CompletionEvent[] => {
    const index = countAt(chunk.index) ?? 0;
    switch (chunk.type) {
      case "message_start":
        usage = known(objectAt(chunk.message).usage);
        return [];
      case "content_block_start":
        return writeBlock(writer, index, objectAt(chunk.content_block));
      case "content_block_delta":
        return pieceOf(index, objectAt(chunk.delta));
      case "content_block_stop":
        return writer.end(index);
      case "message_delta":
        usage = { ...usage, ...known(chunk.usage) };
        ending = objectAt(chunk.delta);
        return [];
      case "message_stop":
        return end(chunk);
      case "error":
        throw inBandError(textAt(objectAt(chunk.error).type) ?? "");
      default:
        return [];
    }
  };

  return {
    push(value) {
      if (isWhole) return [];
      const events = read(objectAt(value));
      const { stopSequence } = writer;
      if (isWhole || stopSequence === undefined) return events;
      return [...events, ...cutShort(stopSequence)];
    },
    usageSoFar,
    get isCutShort() {
      return isCutShort;
    },
  };
}

/** What `message_delta` leaves open is null there, and stays what `message_start` said. */
function known(usage: unknown): JsonObject {
  return Object.fromEntries(Object.entries(objectAt(usage)).filter(([, count]) => count !== null));
}
