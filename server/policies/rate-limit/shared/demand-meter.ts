/** How much was taken lately. */
export interface DemandMeter {
  add(nowMs: number, amount: number): void;
  /** What was taken in the last second, in whole quarters of one. */
  lastSecond(nowMs: number): number;
}

const pieceMs = 250;
const pieces = 4;

/** Begins with nothing. The quarter that is running does not count yet, so that a burst alone is no demand. */
export function createDemandMeter(): DemandMeter {
  const amounts = new Array<number>(pieces + 1).fill(0);
  let newest = Number.NEGATIVE_INFINITY;

  const moveTo = (nowMs: number): number => {
    const piece = Math.floor(nowMs / pieceMs);
    for (let at = Math.max(newest + 1, piece - pieces); at <= piece; at += 1) {
      amounts[at % amounts.length] = 0;
    }
    newest = Math.max(newest, piece);
    return newest % amounts.length;
  };

  return {
    add(nowMs, amount) {
      const at = moveTo(nowMs);
      amounts[at] = (amounts[at] ?? 0) + amount;
    },
    lastSecond(nowMs) {
      const running = moveTo(nowMs);
      return amounts.reduce((sum, each, at) => (at === running ? sum : sum + each), 0);
    },
  };
}
