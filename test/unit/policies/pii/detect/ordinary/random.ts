/** What generators of texts draw from: the same seed, the same text. */
export interface Random {
  /** An integer from `least` to `most`, both included. */
  int(least: number, most: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** So many digits, the first one not 0. */
  digits(count: number): string;
  hex(count: number): string;
  uuid(): string;
  /** With so many places behind the point. */
  decimal(least: number, most: number, places: number): string;
}

/** Makes one by Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const hex = (count: number) =>
    Array.from({ length: count }, () => int(0, 15).toString(16)).join("");
  return {
    int,
    hex,
    pick: (choices) => choices[int(0, choices.length - 1)] ?? choices[0],
    digits: (count) => Array.from({ length: count }, (_, at) => int(at === 0 ? 1 : 0, 9)).join(""),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[int(0, 3)]}${hex(3)}-${hex(12)}`,
    decimal: (least, most, places) => (least + next() * (most - least)).toFixed(places),
  };
}

/** Two digits, as in dates and times. */
export function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** Lines of a generator until they have so many bytes together. */
export function textOf(line: () => string, bytes: number): string {
  const lines: string[] = [];
  for (let length = 0; length < bytes; ) {
    const next = line();
    lines.push(next);
    length += Buffer.byteLength(next) + 1;
  }
  return lines.join("\n");
}
