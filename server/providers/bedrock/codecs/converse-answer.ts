import { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { guardrailIntervened } from "../../../core/guardrail.ts";
import type { JsonSchemaControl } from "../../../core/model-traits.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { createAnswerWriter } from "../../codec-parts/answer-writer.ts";
import { bytesOfBase64 } from "../../codec-parts/base64.ts";
import { completed, finishReasonOf } from "../../codec-parts/events.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "../../codec-parts/json.ts";
import { answerToolOf, jsonAnswerOf } from "../../codec-parts/json-answer.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import type { Asked, TokenCounts } from "../../codec-parts/stream-decoder.ts";
import { usageOf } from "../../codec-parts/usage-of.ts";
import { serviceTierOf } from "../transport/aws-words.ts";
import { converseCounts } from "./converse-counts.ts";
import { type BlockReader, createBlockReader } from "./converse-reader.ts";

/** AWS: Converse, `stopReason`; Claude's own words come through it too. */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", FinishReason.STOP],
  ["max_tokens", FinishReason.LENGTH],
  ["stop_sequence", FinishReason.STOP_SEQUENCE],
  ["tool_use", FinishReason.TOOL_USE],
  [guardrailIntervened, FinishReason.CONTENT_FILTER],
  ["content_filtered", FinishReason.CONTENT_FILTER],
  ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
  ["refusal", FinishReason.REFUSAL],
]);

/** The events of a whole answer of Converse, and of Nova's own body, which is the same. */
export function decodeConverseAnswer(
  body: unknown,
  asked: Asked,
  headerCounts: TokenCounts | undefined,
  usual: JsonSchemaControl,
): CompletionEvent[] {
  const answer = objectAt(body);
  const { content } = objectAt(objectAt(answer.output).message);
  const word = textAt(answer.stopReason);
  if (!Array.isArray(content) || !word) {
    throw malformed("The model's answer has no content or no stop reason.");
  }
  const reader = converseReader(asked, usual);
  const written = objectsAt(content).flatMap((block, index) => writeBlock(reader, index, block));
  const counts = converseCounts(objectAt(answer.usage)) ?? headerCounts;
  return [...written, ...endConverse(reader, word, asked, { ...answer, counts })];
}

/** Reads an answer to this request. */
export function converseReader(
  { request, endpoint }: Asked,
  usual: JsonSchemaControl,
): BlockReader {
  return createBlockReader(
    createAnswerWriter(answerToolOf(jsonAnswerOf(request, endpoint, usual))),
  );
}

function writeBlock(reader: BlockReader, index: number, block: JsonObject): CompletionEvent[] {
  if (block.toolUse !== undefined) return writeToolUse(reader, index, objectAt(block.toolUse));
  if (block.reasoningContent !== undefined) {
    const { reasoningText, redactedContent } = objectAt(block.reasoningContent);
    return reader.reasoning(index, reasoningPiece({ ...objectAt(reasoningText), redactedContent }));
  }
  const cited = objectsAt(objectAt(block.citationsContent).content);
  const texts = [block, ...cited].map(({ text }) => textAt(text) ?? "");
  return reader.text(texts.join(""));
}

function writeToolUse(reader: BlockReader, index: number, toolUse: JsonObject): CompletionEvent[] {
  const { toolUseId, name, input } = toolUse;
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw malformed("The model's arguments for a tool are no object.");
  }
  return [
    ...reader.toolUse(index, textAt(toolUseId), textAt(name)),
    ...reader.toolInput(index, JSON.stringify(input)),
    ...reader.stop(index),
  ];
}

/** What `reasoningText` of a whole answer and `reasoningContent` of a delta say. */
export function reasoningPiece({ text, signature, redactedContent }: JsonObject) {
  return {
    text: textAt(text),
    signature: textAt(signature),
    redactedContent: bytesOfBase64(textAt(redactedContent) ?? ""),
  };
}

/** The end of an answer: what was held, and `completed`. */
export function endConverse(
  reader: BlockReader,
  word: string,
  { request }: Asked,
  last: { readonly counts: TokenCounts | undefined; readonly serviceTier?: unknown },
): CompletionEvent[] {
  const end = completed({
    finishReason: reader.meaningOf(finishReasonOf(word, finishReasons)),
    word,
    usage: usageOf(request, last.counts, reader.bytes()),
    serviceTier: serviceTierOf(textAt(objectAt(last.serviceTier).type)),
  });
  return [...reader.finish(), end];
}
