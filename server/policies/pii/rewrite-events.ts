import {
  type Completed,
  type Delta,
  DeltaSchema,
  type ReasoningDelta,
  ReasoningDeltaSchema,
  type ToolUseDelta,
  ToolUseDeltaSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Changed, mapEvents } from "../../core/events.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import type { Rewriter } from "./rewriter.ts";

/** How the parts of an answer are rewritten. Each function begins a new one. */
export interface AnswerRewriting {
  readonly text: () => Rewriter;
  readonly toolInput: () => Rewriter;
  readonly reasoning: () => ReasoningRewriter;
  /** The end, once everything before it has left. */
  readonly completed: (completed: Completed) => Completed;
  /**
   * Whether a refusal waits for the end: an answer that comes whole is there and paid for, and everybody below should see
   * that it is.
   */
  readonly refusesAtEnd?: boolean | undefined;
  /** Given what a rewriter threw at an event, throws what the answer ends with. */
  readonly refused?: ((error: unknown, event: CompletionEvent) => Promise<never>) | undefined;
}

/** Reasoning comes with a proof that it is the model's own words. */
export interface ReasoningRewriter extends Rewriter {
  /** Whether the proof is still one. */
  readonly isProven: boolean;
}

/** A block of the answer under way. */
type Block =
  | { readonly case: "text" | "toolUse"; readonly rewriter: Rewriter }
  | { readonly case: "reasoning"; readonly rewriter: ReasoningRewriter };

/**
 * Rewrites an answer, whole or streamed. Each block has a state of its own. Text that is held leaves when another block
 * goes on; the arguments of a tool leave when their JSON is over, because tools may be written side by side. What is held
 * when the events fail, or their reader leaves, never leaves.
 */
export function rewriteEvents(
  events: AsyncIterable<CompletionEvent>,
  rewriting: AnswerRewriting,
): AsyncIterable<CompletionEvent> {
  const blocks = new Map<number, Block>();
  let current: number | undefined;

  const flush = (index: number | undefined): readonly CompletionEvent[] => {
    const block = index === undefined ? undefined : blocks.get(index);
    if (index === undefined || !block) return none;
    const text = block.rewriter.flush();
    return text === "" ? none : [deltaEvent(index, pieceOf(block.case, text))];
  };
  const turnTo = (index: number): readonly CompletionEvent[] => {
    const left = current;
    current = index;
    const isTool = left !== undefined && blocks.get(left)?.case === "toolUse";
    return left === index || isTool ? none : flush(left);
  };
  const writerOf = (index: number, kind: "text" | "toolUse"): Rewriter => {
    const known = blocks.get(index);
    if (known?.case === kind) return known.rewriter;
    const rewriter = kind === "text" ? rewriting.text() : rewriting.toolInput();
    blocks.set(index, { case: kind, rewriter });
    return rewriter;
  };
  const reasoningAt = (index: number): ReasoningRewriter => {
    const known = blocks.get(index);
    if (known?.case === "reasoning") return known.rewriter;
    const rewriter = rewriting.reasoning();
    blocks.set(index, { case: "reasoning", rewriter });
    return rewriter;
  };
  const rewrite = (index: number, piece: Delta["piece"]): Delta["piece"] | undefined => {
    switch (piece.case) {
      case "text": {
        const value = writerOf(index, "text").push(piece.value);
        if (value === piece.value) return piece;
        return value === "" ? undefined : { case: "text", value };
      }
      case "reasoning":
        return rewriteReasoning(reasoningAt(index), piece.value);
      case "toolUse":
        return rewriteToolUse(writerOf(index, "toolUse"), piece.value);
      default:
        return piece;
    }
  };

  const rewritten = (event: CompletionEvent): Changed => {
    if (event.case === "completed") {
      const rest = [...blocks.keys()].flatMap(flush);
      return [...rest, { case: "completed", value: rewriting.completed(event.value) }];
    }
    if (event.case !== "delta") return event;
    const { blockIndex, piece } = event.value;
    const before = turnTo(blockIndex);
    const written = rewrite(blockIndex, piece);
    if (written === undefined) return before;
    const after = written === piece ? event : deltaEvent(blockIndex, written);
    return before.length === 0 ? after : [...before, after];
  };
  const { refused = rethrow } = rewriting;
  const refusing = rewriting.refusesAtEnd ? refusingAtEnd : refusingAtOnce;
  return mapEvents(events, { event: refusing(rewritten, refused) });
}

type Rewrite = (event: CompletionEvent) => Changed;
type Refused = NonNullable<AnswerRewriting["refused"]>;

const rethrow: Refused = async (error) => {
  throw error;
};

function refusingAtOnce(rewrite: Rewrite, refused: Refused) {
  return (event: CompletionEvent) => {
    try {
      return rewrite(event);
    } catch (error) {
      return refused(error, event);
    }
  };
}

function refusingAtEnd(rewrite: Rewrite, refused: Refused) {
  let refusal: { readonly error: unknown } | undefined;
  return (event: CompletionEvent) => {
    const isEnd = event.case === "completed";
    if (!refusal) {
      try {
        return rewrite(event);
      } catch (error) {
        refusal = { error };
      }
    }
    return isEnd ? refused(refusal.error, event) : none;
  };
}

const none: readonly CompletionEvent[] = [];

/** The signature closes the block, so nothing is held behind it; it goes when the words are no longer what was signed. */
function rewriteReasoning(
  rewriter: ReasoningRewriter,
  { text, signature, redactedContent, ...rest }: ReasoningDelta,
): Delta["piece"] | undefined {
  const isEnd = signature !== "" || redactedContent.length > 0;
  const written = rewriter.push(text) + (isEnd ? rewriter.flush() : "");
  if (written === "" && !isEnd) return undefined;
  const proof = rewriter.isProven ? signature : "";
  return {
    case: "reasoning",
    value: { ...rest, redactedContent, text: written, signature: proof },
  };
}

function rewriteToolUse(
  rewriter: Rewriter,
  { inputJson, ...rest }: ToolUseDelta,
): Delta["piece"] | undefined {
  const written = rewriter.push(inputJson) + (rewriter.isWhole ? rewriter.flush() : "");
  if (written === "" && rest.id === "" && rest.name === "") return undefined;
  return { case: "toolUse", value: { ...rest, inputJson: written } };
}

/** Plain, because there is one for every token and `create` would copy it. */
function deltaEvent(blockIndex: number, piece: Delta["piece"]): CompletionEvent {
  return { case: "delta", value: { $typeName: DeltaSchema.typeName, blockIndex, piece } };
}

function pieceOf(kind: Block["case"], text: string): Delta["piece"] {
  switch (kind) {
    case "text":
      return { case: "text", value: text };
    case "toolUse": {
      const value = { $typeName: ToolUseDeltaSchema.typeName, id: "", name: "", inputJson: text };
      return { case: "toolUse", value };
    }
    default: {
      const redactedContent = new Uint8Array();
      const proof = { signature: "", redactedContent };
      return {
        case: "reasoning",
        value: { $typeName: ReasoningDeltaSchema.typeName, text, ...proof },
      };
    }
  }
}
