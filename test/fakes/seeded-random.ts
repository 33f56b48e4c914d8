/** Numbers from 0, inclusive, to 1 that look random and are the same in every run (a linear congruence of 48 bits). */
export function seededRandom(seed = 1): () => number {
  let state = (BigInt(seed) ^ 0x5deece66dn) & mask;
  return () => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return Number(state >> 16n) / 2 ** 32;
  };
}

const mask = (1n << 48n) - 1n;
