import type { Delta } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { bare, endsBlock, saysMore, textOf, withText } from "./delta-text.ts";
import { jsonText, plainText } from "./readings.ts";
import type { RuleName, TextRules } from "./text-rules.ts";
import { createTextWatch, type TextWatch } from "./text-watch.ts";

/** Looks through an answer on its way out. */
export interface AnswerGuard {
  /** What may leave now; or the rule that forbids that anything more does. */
  see(event: CompletionEvent): Seen;
}

/** What became of an event. */
export type Seen = { readonly events: readonly CompletionEvent[] } | { readonly found: RuleName };

/** A block of the answer: a text, a tool's arguments, or the model's reasoning. */
interface Block {
  readonly watch: TextWatch;
  /** The last piece, without its text: what is held leaves in its form. */
  shape: Delta;
  held: string;
  /** Where in the block what is held begins. */
  heldFrom: number;
}

/**
 * Holds back what could still become a match, and no more. Ends of blocks are ends of words too; a block is taken to be
 * over when another goes on.
 */
export function guardAnswer(rules: TextRules): AnswerGuard {
  const blocks = new Map<number, Block>();
  let current: Block | undefined;

  const blockOf = (delta: Delta): Block => {
    const known = blocks.get(delta.blockIndex);
    if (known) return known;
    const reading = delta.piece.case === "toolUse" ? jsonText : plainText;
    const watch = createTextWatch(rules, reading);
    const block = { watch, shape: delta, held: "", heldFrom: 0 };
    blocks.set(delta.blockIndex, block);
    return block;
  };
  /** The block that was current is over, as far as anybody knows. */
  const over = (): Seen => {
    const found = current?.watch.atEnd();
    if (found) return { found };
    return current && current.held !== "" ? { events: [releaseAll(current)] } : nothing;
  };
  const delta = (event: CompletionEvent & { case: "delta" }): Seen => {
    const block = blockOf(event.value);
    const before = block === current ? nothing : over();
    if ("found" in before) return before;
    current = block;
    const found =
      block.watch.push(textOf(event.value)) ?? (endsBlock(event.value) && block.watch.atEnd());
    if (found) return { found };
    const left = released(block, event);
    if (before.events.length === 0) return left ? { events: [left] } : nothing;
    return { events: left ? [...before.events, left] : before.events };
  };

  return {
    see(event) {
      if (event.case === "delta") return delta(event);
      if (event.case !== "completed") return { events: [event] };
      const last = over();
      return "found" in last ? last : { events: [...last.events, event] };
    },
  };
}

const nothing = { events: [] } as const;

/** What of a block may leave now that this piece of it is there; undefined where nothing may. */
function released(
  block: Block,
  event: CompletionEvent & { case: "delta" },
): CompletionEvent | undefined {
  const text = textOf(event.value);
  const held = block.held + text;
  const settled = endsBlock(event.value)
    ? held.length
    : Math.max(block.watch.settledBefore - block.heldFrom, 0);
  if (settled >= held.length && block.held === "") {
    block.heldFrom += text.length;
    return event;
  }
  const cut = isLowSurrogate(held.charCodeAt(settled)) ? Math.max(settled - 1, 0) : settled;
  block.held = held.slice(cut);
  block.heldFrom += cut;
  block.shape = event.value;
  if (cut === 0 && !saysMore(event.value)) return undefined;
  return { case: "delta", value: withText(event.value, held.slice(0, cut)) };
}

function releaseAll(block: Block): CompletionEvent {
  const { shape, held } = block;
  block.held = "";
  block.heldFrom += held.length;
  return { case: "delta", value: withText(bare(shape), held) };
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
