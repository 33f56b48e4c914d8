import type { Completed, Delta } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "./reply.ts";

/** An answer to be written down, put together from its pieces. */
export interface PrintedAnswer {
  readonly see: (event: CompletionEvent) => void;
  /** What was seen of each block, in their order. */
  readonly blocks: () => readonly object[];
  readonly completed: Completed | undefined;
}

interface Block {
  kind: string;
  name: string;
  text: string;
}

/** Begins with nothing; characters past the limit are counted and not kept. */
export function printAnswer(mostCharacters: number): PrintedAnswer {
  const blocks = new Map<number, Block>();
  let completed: Completed | undefined;
  let room = mostCharacters;
  let missing = 0;

  const add = ({ blockIndex, piece }: Delta) => {
    let block = blocks.get(blockIndex);
    if (!block) {
      block = { kind: piece.case ?? "text", name: "", text: "" };
      blocks.set(blockIndex, block);
    }
    if (piece.case === "toolUse") block.name ||= piece.value.name;
    const text = textOf(piece);
    const kept = text.slice(0, room);
    block.text += kept;
    room -= kept.length;
    missing += text.length - kept.length;
  };
  return {
    see(event) {
      if (event.case === "delta") add(event.value);
      if (event.case === "completed") completed = event.value;
    },
    blocks() {
      const printed = [...blocks].sort(([a], [b]) => a - b).map(([, block]) => printBlock(block));
      return missing === 0 ? printed : [...printed, { moreCharacters: missing }];
    },
    get completed() {
      return completed;
    },
  };
}

function textOf(piece: Delta["piece"]): string {
  switch (piece.case) {
    case "text":
      return piece.value;
    case "reasoning":
      return piece.value.text;
    case "toolUse":
      return piece.value.inputJson;
    default:
      return "";
  }
}

function printBlock({ kind, name, text }: Block): object {
  return name === "" ? { [kind]: text } : { [kind]: { name, input: text } };
}
