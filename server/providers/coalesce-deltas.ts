import type { Delta } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../core/reply.ts";

/**
 * Joins neighbouring deltas of one kind in one block, so that what came in one read leaves as one message. Everything
 * else keeps its place, and all pieces put together say the same as before.
 */
export function coalesceDeltas(events: readonly CompletionEvent[]): readonly CompletionEvent[] {
  if (events.length < 2) return events;
  const joined: CompletionEvent[] = [];
  let last: CompletionEvent | undefined;
  for (const event of events) {
    const both = last && joinedDelta(last, event);
    if (both) joined[joined.length - 1] = both;
    else joined.push(event);
    last = both ?? event;
  }
  return joined;
}

/** Undefined when the two do not belong together. */
function joinedDelta(first: CompletionEvent, next: CompletionEvent): CompletionEvent | undefined {
  if (first.case !== "delta" || next.case !== "delta") return undefined;
  if (first.value.blockIndex !== next.value.blockIndex) return undefined;
  const piece = joinedPiece(first.value.piece, next.value.piece);
  return piece && { case: "delta", value: { ...first.value, piece } };
}

type Piece = Delta["piece"];

function joinedPiece(first: Piece, next: Piece): Piece | undefined {
  if (first.case === "text" && next.case === "text") {
    return { case: "text", value: first.value + next.value };
  }
  if (first.case === "toolUse" && next.case === "toolUse") {
    // The id and the name stand in a block's first piece; a second one with a name is another use.
    if (next.value.id || next.value.name) return undefined;
    const inputJson = first.value.inputJson + next.value.inputJson;
    return { case: "toolUse", value: { ...first.value, inputJson } };
  }
  if (first.case === "reasoning" && next.case === "reasoning") {
    if (!isPlain(first.value) || !isPlain(next.value)) return undefined;
    return {
      case: "reasoning",
      value: { ...first.value, text: first.value.text + next.value.text },
    };
  }
  return undefined;
}

/** Signatures and encrypted reasoning stay in the piece they came in. */
function isPlain({
  signature,
  redactedContent,
}: {
  readonly signature: string;
  readonly redactedContent: Uint8Array;
}): boolean {
  return signature === "" && redactedContent.length === 0;
}
