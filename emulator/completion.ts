import {
  type AnswerDraft,
  draftAnswer,
  isBlocked,
  signReasoning,
  splitDraft,
} from "./answers/answer-drafts.ts";
import { countPrompt } from "./answers/count-prompt.ts";
import type { CacheUse } from "./answers/prompt-cache.ts";
import type { Prompt } from "./prompt.ts";

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
  /** Its one piece is base64. */
  | { readonly kind: "redacted-reasoning"; readonly pieces: readonly string[] }
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

/** The blocks of an answer with the reason for its end. */
type Cut = Pick<Completion, "blocks" | "stopReason" | "stopSequence">;

/** Answers a prompt within its limits; a blocked prompt costs nothing, as no model saw it. */
export function completePrompt(prompt: Prompt, cache: CacheUse): Completion {
  const wasBlocked = isBlocked(prompt);
  const cut = cutAnswer(draftAnswer(prompt), prompt);
  const reasoning = cut.blocks.filter(({ kind }) => kind.endsWith("reasoning"));
  const usage: TokenCounts = {
    inputTokens: wasBlocked ? 0 : countPrompt(prompt) - cache.readTokens - cache.writeTokens,
    outputTokens: wasBlocked ? 0 : countPieces(cut),
    cacheReadTokens: cache.readTokens,
    cacheWriteTokens: cache.writeTokens,
    cacheWriteHourTokens: cache.writeHourTokens,
    reasoningTokens: countPieces({ blocks: reasoning }),
  };
  const stopReason = wasBlocked ? "guardrail_intervened" : cut.stopReason;
  return { ...cut, stopReason, usage, metrics: usage };
}

/** How many tokens an answer has. */
export function countPieces({ blocks }: Pick<Completion, "blocks">): number {
  return blocks.reduce((sum, { pieces }) => sum + pieces.length, 0);
}

/** A stop sequence ends the text and all that follows; it is named but not part of the text. */
function cutAnswer(drafts: readonly AnswerDraft[], { maxTokens, stopSequences }: Prompt): Cut {
  const blocks: CompletionBlock[] = [];
  let left = maxTokens;
  for (const draft of drafts) {
    const stop = draft.kind === "text" ? firstStop(draft.text, stopSequences) : undefined;
    const kept = stop ? { ...draft, text: draft.text.slice(0, stop.at) } : draft;
    const { pieces, isCut } = takePieces(kept, left);
    left -= pieces.length;
    if (pieces.length > 0) blocks.push(blockOf(draft, pieces));
    if (isCut) return { blocks, stopReason: "max_tokens", stopSequence: null };
    if (stop) return { blocks, stopReason: "stop_sequence", stopSequence: stop.sequence };
  }
  const stopReason = blocks.at(-1)?.kind === "tool-use" ? "tool_use" : "end_turn";
  return { blocks, stopReason, stopSequence: null };
}

function takePieces(draft: AnswerDraft, limit: number) {
  const pieces: string[] = [];
  for (const piece of splitDraft(draft)) {
    if (pieces.length === limit) return { pieces, isCut: true };
    pieces.push(piece);
  }
  return { pieces, isCut: false };
}

function blockOf(draft: AnswerDraft, pieces: readonly string[]): CompletionBlock {
  switch (draft.kind) {
    case "reasoning":
      return { kind: "reasoning", pieces, signature: signReasoning(draft.text) };
    case "tool-use":
      return { kind: "tool-use", name: draft.name, pieces };
    default:
      return { kind: draft.kind, pieces };
  }
}

function firstStop(text: string, sequences: readonly string[]) {
  return sequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)[0];
}
