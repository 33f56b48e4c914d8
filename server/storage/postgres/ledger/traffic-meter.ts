import { greater } from "./amounts.ts";

/** Time is counted in pieces of this length, eight of which are kept. */
const pieceMs = 250;
const pieces = 8;
/** For how long after the last call room for one more is kept. */
const idleAfterMs = 10_000;

interface Piece {
  at: number;
  granted: bigint;
  spent: bigint;
  peak: bigint;
}

/** What an account's calls set aside and spent in the last two seconds; from it follows how much room to keep at hand. */
export class TrafficMeter {
  readonly #pieces = new Map<number, Piece>();
  #largest = 0n;
  #lastMs = Number.NEGATIVE_INFINITY;

  granted(amount: bigint, inUse: bigint, nowMs: number): void {
    const piece = this.#piece(nowMs);
    piece.granted += amount;
    if (inUse > piece.peak) piece.peak = inUse;
    // The largest of the last calls, not of all times: it is forgotten while calls are smaller.
    this.#largest = amount > this.#largest ? amount : (this.#largest * 7n + amount) / 8n;
    this.#lastMs = nowMs;
  }

  spent(amount: bigint, nowMs: number): void {
    this.#piece(nowMs).spent += amount;
  }

  /** The largest of the last calls. */
  get largest(): bigint {
    return this.#largest;
  }

  /** When a call was last admitted. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /**
   * The room to fill up to beyond what is in use, in nano-USD: four seconds' spending or a second's reservations, whichever
   * is more, what use fluctuates by, and one more call. It is filled up at half of that, so two seconds' worth is always
   * there. Nothing when there were no calls lately.
   */
  idle(inUse: bigint, nowMs: number): bigint {
    if (nowMs - this.#lastMs > idleAfterMs) return 0n;
    const now = Math.floor(nowMs / pieceMs);
    let spent = 0n;
    let granted = 0n;
    let peak = inUse;
    for (const piece of this.#pieces.values()) {
      if (piece.at <= now - pieces) continue;
      spent += piece.spent;
      if (piece.at > now - 2) granted += piece.granted;
      if (piece.peak > peak) peak = piece.peak;
    }
    return greater(spent, granted) * 2n + (peak - inUse) + this.#largest;
  }

  #piece(nowMs: number): Piece {
    const at = Math.floor(nowMs / pieceMs);
    const slot = at % pieces;
    const piece = this.#pieces.get(slot);
    if (piece?.at === at) return piece;
    const fresh = { at, granted: 0n, spent: 0n, peak: 0n };
    this.#pieces.set(slot, fresh);
    return fresh;
  }
}
