import { FinishReason } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { guardrailIntervened } from "../../../core/guardrail.ts";
import type { CompletionEvent } from "../../../core/reply.ts";
import { type AnswerWriter, createAnswerWriter } from "../../codec-parts/answer-writer.ts";
import { completed, finishReasonOf } from "../../codec-parts/events.ts";
import { type JsonObject, objectAt, objectsAt, textAt } from "../../codec-parts/json.ts";
import { answerToolOf, jsonAnswerOf } from "../../codec-parts/json-answer.ts";
import { malformed } from "../../codec-parts/malformed.ts";
import type { StopCutter } from "../../codec-parts/stop-cutter.ts";
import type { Asked, TokenCounts } from "../../codec-parts/stream-decoder.ts";
import { usageOf } from "../../codec-parts/usage-of.ts";
import { anthropicCounts } from "./anthropic-counts.ts";
import { usualJsonOfClaude } from "./anthropic-request.ts";
import { createSeam } from "./claude-prefill.ts";

/** What Claude's stop reasons mean (Anthropic: Stop reasons). */
const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", FinishReason.STOP],
  ["max_tokens", FinishReason.LENGTH],
  ["stop_sequence", FinishReason.STOP_SEQUENCE],
  ["tool_use", FinishReason.TOOL_USE],
  ["refusal", FinishReason.REFUSAL],
  ["model_context_window_exceeded", FinishReason.CONTEXT_WINDOW],
  [guardrailIntervened, FinishReason.CONTENT_FILTER],
]);

/** The events of a whole answer of Claude. */
export function decodeAnthropicAnswer(
  body: unknown,
  asked: Asked,
  headerCounts: TokenCounts | undefined,
): CompletionEvent[] {
  const message = objectAt(body);
  if (!Array.isArray(message.content) || !textAt(message.stop_reason)) {
    throw malformed("The model's answer has no content or no stop reason.");
  }
  const writer = anthropicWriter(asked);
  const written = objectsAt(message.content).flatMap((block, index) => [
    ...writeBlock(writer, index, block),
    ...writeInput(writer, index, block),
    ...writer.end(index),
  ]);
  const counts = anthropicCounts(objectAt(message.usage)) ?? headerCounts;
  return [...written, ...endAnthropic(writer, message, asked, counts)];
}

/** A writer that may also find a stop sequence itself. */
export interface ClaudeWriter extends AnswerWriter {
  /** One that began in the text that is continued, and so is none to Claude; it ends the answer. */
  readonly stopSequence?: string | undefined;
}

/** Writes an answer to this request, or the rest of one. */
export function anthropicWriter({ request, endpoint, continued }: Asked): ClaudeWriter {
  const answerTool = answerToolOf(jsonAnswerOf(request, endpoint, usualJsonOfClaude));
  const writer = createAnswerWriter(answerTool);
  return continued ? behind(createSeam(continued, request.stopSequences), writer) : writer;
}

/** What the seam holds back at the end belongs to the block that was written last. */
function behind(seam: StopCutter, writer: AnswerWriter): ClaudeWriter {
  let current = 0;
  const rest = () => {
    const held = seam.end();
    return held === "" ? [] : writer.text(current, held);
  };
  return {
    ...writer,
    text(block, piece) {
      current = block;
      return writer.text(block, seam.push(piece));
    },
    finish: () => [...rest(), ...writer.finish()],
    get bytes() {
      return writer.bytes;
    },
    get stopSequence() {
      return seam.found;
    },
  };
}

/** What a block brings where it begins; in a whole answer that is all but a tool's arguments. */
export function writeBlock(
  writer: AnswerWriter,
  index: number,
  block: JsonObject,
): CompletionEvent[] {
  switch (block.type) {
    case "text":
      return writer.text(index, textAt(block.text) ?? "");
    case "thinking":
      return writer.reasoning(index, {
        text: textAt(block.thinking),
        signature: textAt(block.signature),
      });
    case "redacted_thinking":
      return writer.reasoning(index, { redactedContent: Buffer.from(textAt(block.data) ?? "") });
    case "tool_use":
      return writer.toolUse(index, textAt(block.id), textAt(block.name));
    default:
      return [];
  }
}

function writeInput(writer: AnswerWriter, index: number, { type, input }: JsonObject) {
  if (type !== "tool_use") return [];
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw malformed("The model's arguments for a tool are no object.");
  }
  return writer.toolInput(index, JSON.stringify(input));
}

/** The end of an answer: what was held, and `completed`. `ending` has the stop reason and the stop sequence. */
export function endAnthropic(
  writer: ClaudeWriter,
  ending: JsonObject,
  { request, continued }: Asked,
  counts: TokenCounts | undefined,
): CompletionEvent[] {
  const word = textAt(ending.stop_reason) ?? "";
  const { stopSequence } = writer;
  const end = completed({
    finishReason:
      stopSequence === undefined
        ? writer.meaningOf(finishReasonOf(word, finishReasons))
        : FinishReason.STOP_SEQUENCE,
    word,
    stopSequence: stopSequence ?? textAt(ending.stop_sequence),
    usage: usageOf(request, counts, writer.bytes, continued?.text),
  });
  return [...writer.finish(), end];
}
