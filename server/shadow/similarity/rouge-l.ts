/** Words beyond this are not looked at: the work grows with the product of both lengths. */
export const mostWords = 2048;

/**
 * How much of two texts is said in the same order: ROUGE-L (Lin 2004) with equal weight for both sides, which is twice
 * the longest common subsequence of words over the sum of the lengths, from 0 to 1. Two empty texts are equal.
 */
export function rougeL(a: readonly string[], b: readonly string[]): number {
  const left = a.slice(0, mostWords);
  const right = b.slice(0, mostWords);
  const length = left.length + right.length;
  return length === 0 ? 1 : (2 * commonSubsequence(left, right)) / length;
}

const bits = 32;
const full = 2 ** bits;

/**
 * The length of the longest common subsequence, 32 places of `a` at a time (Crochemore et al. 2001: a place becomes 0
 * when the subsequence grows there): some hundred times faster than the table of all pairs.
 */
export function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  const limbs = Math.ceil(a.length / bits);
  const places = placesOf(a, limbs);
  const open = new Uint32Array(limbs).fill(full - 1);
  for (const word of b) {
    const matches = places.get(word);
    if (matches) grow(open, matches);
  }
  let common = 0;
  for (let at = 0; at < a.length; at++) {
    if (((open[at >>> 5] ?? 0) & (1 << (at & 31))) === 0) common += 1;
  }
  return common;
}

/** For each word the places where it stands, a bit each. */
function placesOf(words: readonly string[], limbs: number): Map<string, Uint32Array> {
  const places = new Map<string, Uint32Array>();
  for (const [at, word] of words.entries()) {
    const own = places.get(word) ?? new Uint32Array(limbs);
    own[at >>> 5] = (own[at >>> 5] ?? 0) | (1 << (at & 31));
    places.set(word, own);
  }
  return places;
}

/** `open = (open + (open & matches)) | (open & ~matches)` over all limbs, with the carry between them. */
function grow(open: Uint32Array, matches: Uint32Array): void {
  let carry = 0;
  for (let limb = 0; limb < open.length; limb++) {
    const before = open[limb] ?? 0;
    const match = matches[limb] ?? 0;
    const sum = before + ((before & match) >>> 0) + carry;
    carry = sum >= full ? 1 : 0;
    open[limb] = sum | (before & ~match);
  }
}
