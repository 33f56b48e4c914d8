import {
  type Completed,
  FinishReason,
  type ToolUseDelta,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { promptTokensOf } from "../core/money.ts";
import type { CompletionEvent } from "../core/reply.ts";
import type { Answer } from "./outcome.ts";

/** Longer answers are not compared: both sides of every copy under way are held in memory until then. */
export const mostLetters = 64 * 1024;

/** Reads events along and makes an answer of them. */
export interface AnswerCollector {
  event(event: CompletionEvent): void;
  /** Undefined until `completed` was there. */
  answer(): Answer | undefined;
}

const withholding: ReadonlySet<FinishReason> = new Set([
  FinishReason.REFUSAL,
  FinishReason.CONTENT_FILTER,
]);

/** Begins one. `elapsedMs` is asked once, when the answer is whole. */
export function createAnswerCollector(elapsedMs: () => number): AnswerCollector {
  let text: string | undefined = "";
  let answer: Answer | undefined;

  const add = (piece: string) => {
    if (text === undefined) return;
    text = text.length + piece.length > mostLetters ? undefined : text + piece;
  };
  return {
    event(event) {
      if (event.case === "completed") answer = answerOf(event.value, text, elapsedMs());
      if (event.case !== "delta") return;
      const { piece } = event.value;
      if (piece.case === "text") add(piece.value);
      if (piece.case === "toolUse") add(toolText(piece.value));
    },
    answer: () => answer,
  };
}

/** A wish to use a tool is compared as its name and its arguments; its id is different at every provider. */
function toolText({ name, inputJson }: ToolUseDelta): string {
  return name ? `\n${name} ${inputJson}` : inputJson;
}

function answerOf(completed: Completed, text: string | undefined, latencyMs: number): Answer {
  const { usage, cost, finishReason, hops } = completed;
  return {
    model: hops.at(-1)?.model ?? completed.model,
    text,
    withheld: withholding.has(finishReason),
    latencyMs,
    inputTokens: usage ? promptTokensOf(usage) : 0,
    outputTokens: usage?.outputTokens ?? 0,
    costNanoUsd: cost?.nanoUsd,
  };
}
