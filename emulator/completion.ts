import { answerPrompt } from "./answers.ts";
import { countMessageTokens, countTokens, splitTokens } from "./count-tokens.ts";
import type { Prompt } from "./prompt.ts";

/** How many tokens went in and came out. */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A finished answer, in no family's words yet. */
export interface Completion {
  /** The answer piece by piece: one per delta of a stream; joined, the text of a whole answer. */
  readonly tokens: readonly string[];
  readonly stopReason: "end_turn" | "max_tokens" | "stop_sequence" | (string & {});
  readonly stopSequence: string | null;
  /** What the body says; a fault may leave it out. */
  readonly usage: TokenCounts | undefined;
  /** What headers and invocation metrics say; a fault may leave it out or change it. */
  readonly metrics: TokenCounts | undefined;
}

/** Answers a prompt within its limits; a stop sequence is named but not part of the text. */
export function completePrompt(prompt: Prompt): Completion {
  const answer = answerPrompt(prompt);
  const stop = firstStop(answer, prompt.stopSequences);
  const tokens: string[] = [];
  let isCut = false;
  for (const token of splitTokens(answer.slice(0, stop?.at))) {
    isCut = tokens.length === prompt.maxTokens;
    if (isCut) break;
    tokens.push(token);
  }
  const usage = { inputTokens: countPrompt(prompt), outputTokens: tokens.length };
  const stopReason = isCut ? "max_tokens" : stop ? "stop_sequence" : "end_turn";
  const stopSequence = stop && !isCut ? stop.sequence : null;
  return { tokens, stopReason, stopSequence, usage, metrics: usage };
}

function firstStop(answer: string, sequences: readonly string[]) {
  return sequences
    .map((sequence) => ({ sequence, at: answer.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)[0];
}

function countPrompt({ system, messages }: Prompt): number {
  return messages.reduce((sum, { text }) => sum + countMessageTokens(text), countTokens(system));
}
