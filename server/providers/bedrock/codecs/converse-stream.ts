import { estimateUsage } from "../../../core/estimate-usage.ts";
import type { JsonSchemaControl } from "../../../core/model-traits.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { countAt, type JsonObject, objectAt, textAt } from "../../codec-parts/json.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import type { Asked, StreamDecoder } from "../../codec-parts/stream-decoder.ts";
import { countsFromMetrics } from "../usage.ts";
import { converseReader, endConverse, reasoningPiece } from "./converse-answer.ts";
import { converseCounts } from "./converse-counts.ts";

/**
 * Reads a stream of ConverseStream, and of Nova's own chunks, which are the same. The counts come in `metadata`, after
 * the stop reason, so the answer is whole only then; where it never comes the end of the stream is the end.
 */
export function decodeConverseStream(asked: Asked, usual: JsonSchemaControl): StreamDecoder {
  const reader = converseReader(asked, usual);
  let word: string | undefined;
  let isWhole = false;

  const pieceOf = ({ contentBlockIndex, delta }: JsonObject): CompletionEvent[] => {
    const index = countAt(contentBlockIndex) ?? 0;
    const { text, toolUse, reasoningContent } = objectAt(delta);
    if (toolUse !== undefined) {
      return reader.toolInput(index, textAt(objectAt(toolUse).input) ?? "");
    }
    if (reasoningContent !== undefined) {
      return reader.reasoning(index, reasoningPiece(objectAt(reasoningContent)));
    }
    return reader.text(textAt(text) ?? "");
  };
  const begin = ({ contentBlockIndex, start }: JsonObject): CompletionEvent[] => {
    const { toolUse } = objectAt(start);
    if (toolUse === undefined) return [];
    const { toolUseId, name } = objectAt(toolUse);
    return reader.toolUse(countAt(contentBlockIndex) ?? 0, textAt(toolUseId), textAt(name));
  };
  const end = (chunk: JsonObject): CompletionEvent[] => {
    if (!word) throw malformed("The stream ended without a stop reason.");
    isWhole = true;
    const { usage, serviceTier } = objectAt(chunk.metadata);
    const counts = converseCounts(objectAt(usage)) ?? countsFromMetrics(chunk);
    return endConverse(reader, word, asked, { counts, serviceTier });
  };

  return {
    push(value) {
      const chunk = objectAt(value);
      if (isWhole) return [];
      if (chunk.contentBlockDelta !== undefined) return pieceOf(objectAt(chunk.contentBlockDelta));
      if (chunk.contentBlockStart !== undefined) return begin(objectAt(chunk.contentBlockStart));
      if (chunk.contentBlockStop !== undefined) {
        return reader.stop(countAt(objectAt(chunk.contentBlockStop).contentBlockIndex) ?? 0);
      }
      if (chunk.messageStop !== undefined) word = textAt(objectAt(chunk.messageStop).stopReason);
      return chunk.metadata === undefined ? [] : end(chunk);
    },
    end: () => (isWhole || !word ? [] : end({})),
    usageSoFar: () => estimateUsage(asked.request, reader.bytes()),
  };
}
