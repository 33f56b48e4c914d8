import type { Exchange } from "./exchange.ts";
import type { FaultAction } from "./fault-rule.ts";
import { createSeededRandom } from "./seeded-random.ts";

type SplitFrames = Extract<FaultAction, { kind: "split-frames" }>;

const largestRandomPieceBytes = 64;

/** An exchange whose body leaves in small pieces, each on its own, whatever a frame's size. */
export function splitWrites(exchange: Exchange, action: SplitFrames): Exchange {
  const sizes = pieceSizes(action);
  let leftBytes = 0;
  const write = async (bytes: Buffer) => {
    let rest = bytes;
    while (rest.length > 0) {
      if (leftBytes === 0) leftBytes = sizes.next().value;
      const piece = rest.subarray(0, leftBytes);
      await exchange.flush(piece);
      leftBytes -= piece.length;
      rest = rest.subarray(piece.length);
    }
  };
  return {
    ...exchange,
    write,
    flush: write,
    async finish(head, body) {
      exchange.start(head);
      await write(body);
      await exchange.end();
    },
  };
}

function* pieceSizes({ pieceBytes, offsets, seed = 1 }: SplitFrames): Generator<number, never> {
  if (offsets) yield* gaps(offsets);
  if (offsets) for (;;) yield Number.POSITIVE_INFINITY;
  const random = createSeededRandom(seed);
  for (;;) yield pieceBytes ?? 1 + Math.floor(random() * largestRandomPieceBytes);
}

function* gaps(offsets: readonly number[]): Generator<number, void> {
  let previous = 0;
  for (const offset of [...new Set(offsets)].sort((one, other) => one - other)) {
    yield offset - previous;
    previous = offset;
  }
}
