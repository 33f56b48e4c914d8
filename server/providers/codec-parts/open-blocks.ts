import { createTextJoiner } from "./text-joiner.ts";

/** What a block is; `answer` is the use of the tool that stands for the answer. */
export type BlockKind = "text" | "reasoning" | "tool" | "answer";

/** What may leave of a block. */
export interface Written {
  readonly kind: BlockKind;
  readonly text: string;
}

/** The blocks of an answer that are under way, by their number. */
export interface OpenBlocks {
  /** A block begins, or goes on. */
  open(block: number, kind: BlockKind): void;
  kindOf(block: number): BlockKind | undefined;
  /** What may leave of a block's text now that this piece is there: never half a code point. */
  push(block: number, kind: BlockKind, piece: string): string;
  /** What was still held of a block that ends; nothing when it is not open. A tool without arguments has `{}`. */
  end(block: number): Written | undefined;
  readonly numbers: readonly number[];
  /** How much was pushed, in bytes of UTF-8. */
  readonly bytes: number;
}

/** Begins with none. */
export function createOpenBlocks(): OpenBlocks {
  const joiner = createTextJoiner();
  const open = new Map<number, { kind: BlockKind; isEmpty: boolean }>();
  let bytes = 0;

  const opened = (block: number, kind: BlockKind) => {
    const found = open.get(block);
    if (found?.kind === kind) return found;
    const fresh = { kind, isEmpty: true };
    open.set(block, fresh);
    return fresh;
  };

  return {
    open: (block, kind) => void opened(block, kind),
    kindOf: (block) => open.get(block)?.kind,
    push(block, kind, piece) {
      if (piece === "") return "";
      opened(block, kind).isEmpty = false;
      bytes += Buffer.byteLength(piece);
      return joiner.push(block, piece);
    },
    end(block) {
      const ended = open.get(block);
      if (!ended) return undefined;
      open.delete(block);
      const { kind, isEmpty } = ended;
      const hasNoArguments = isEmpty && (kind === "tool" || kind === "answer");
      return { kind, text: hasNoArguments ? "{}" : joiner.end(block) };
    },
    get numbers() {
      return [...open.keys()];
    },
    get bytes() {
      return bytes;
    },
  };
}
