/** A tool use, or a piece of one: only the first has an id and a name. */
export interface CallPiece {
  readonly id: string | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
  readonly inputJson: string;
}

/**
 * Numbers the blocks of an answer in the chat form, which has no numbers of its own: in the order in which they begin.
 */
export interface ChatBlocks {
  text(): number;
  reasoning(): number;
  /** The block of a tool use's piece, and whether the piece begins it. */
  call(piece: CallPiece): { readonly block: number; readonly isNew: boolean };
  hasCalls(): boolean;
}

/** Begins with none. */
export function createChatBlocks(): ChatBlocks {
  const blocks = new Map<string, number>();
  let begun = 0;
  let latestCall: number | undefined;

  const open = (...keys: readonly string[]): number => {
    const block = begun++;
    for (const key of keys) blocks.set(key, block);
    return block;
  };
  const named = (key: string) => blocks.get(key) ?? open(key);

  return {
    text: () => named("text"),
    reasoning: () => named("reasoning"),
    call({ id, index }) {
      const byId = id === undefined ? undefined : blocks.get(`id ${id}`);
      const byIndex = index === undefined ? latestCall : blocks.get(`index ${index}`);
      const known = byId ?? (id === undefined ? byIndex : undefined);
      if (known !== undefined) return { block: known, isNew: false };
      latestCall = open(`id ${id}`, ...(index === undefined ? [] : [`index ${index}`]));
      return { block: latestCall, isNew: true };
    },
    hasCalls: () => latestCall !== undefined,
  };
}
