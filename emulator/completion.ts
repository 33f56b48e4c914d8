import { answerPrompt } from "./answers.ts";
import { countMessageTokens, countTokens, splitTokens } from "./count-tokens.ts";
import { type Prompt, textOf } from "./prompt.ts";

/** How many tokens went in and came out. */
export interface TokenCounts {
  /** Without those read from or written to the prompt cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` that is kept for an hour. */
  readonly cacheWriteHourTokens: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens: number;
}

/**
 * A part of an answer. Its pieces are its tokens, one per delta of a stream; joined they are the
 * text, or the JSON text of a tool's input.
 */
export type CompletionBlock =
  | { readonly kind: "text"; readonly pieces: readonly string[] }
  | { readonly kind: "reasoning"; readonly pieces: readonly string[]; readonly signature: string }
  | { readonly kind: "redacted-reasoning"; readonly pieces: readonly [string] }
  | { readonly kind: "tool-use"; readonly name: string; readonly pieces: readonly string[] };

/** A finished answer, in no API's words yet. */
export interface Completion {
  readonly blocks: readonly CompletionBlock[];
  readonly stopReason:
    | "end_turn"
    | "max_tokens"
    | "stop_sequence"
    | "tool_use"
    | "guardrail_intervened"
    | (string & {});
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
  const pieces: string[] = [];
  let isCut = false;
  for (const token of splitTokens(answer.slice(0, stop?.at))) {
    isCut = pieces.length === prompt.maxTokens;
    if (isCut) break;
    pieces.push(token);
  }
  const usage = {
    inputTokens: countPrompt(prompt),
    outputTokens: pieces.length,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    reasoningTokens: 0,
  };
  return {
    blocks: pieces.length === 0 ? [] : [{ kind: "text", pieces }],
    stopReason: isCut ? "max_tokens" : stop ? "stop_sequence" : "end_turn",
    stopSequence: stop && !isCut ? stop.sequence : null,
    usage,
    metrics: usage,
  };
}

/** How many tokens an answer has. */
export function countPieces({ blocks }: Pick<Completion, "blocks">): number {
  return blocks.reduce((sum, { pieces }) => sum + pieces.length, 0);
}

function firstStop(answer: string, sequences: readonly string[]) {
  return sequences
    .map((sequence) => ({ sequence, at: answer.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)[0];
}

function countPrompt({ system, messages }: Prompt): number {
  return messages.reduce(
    (sum, { parts }) => sum + countMessageTokens(textOf(parts)),
    countTokens(textOf(system)),
  );
}
