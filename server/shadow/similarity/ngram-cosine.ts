/** Four letters see word stems and their order within a phrase, without knowing any language. */
const gramLetters = 4;

/** Grams are counted by hash; with so many buckets the grams of a long answer hardly ever share one. */
const buckets = 2 ** 15;

/**
 * How alike two texts are letter by letter: the cosine of their counts of four-letter sequences, from 0 (none in common)
 * to 1. Two empty texts are equal; an empty one has nothing in common with any other.
 */
export function ngramCosine(a: string, b: string): number {
  if (a === "" || b === "") return a === b ? 1 : 0;
  const inA = countGrams(a);
  const inB = countGrams(b);
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const countA = inA[bucket] ?? 0;
    const countB = inB[bucket] ?? 0;
    both += countA * countB;
    ofA += countA * countA;
    ofB += countB * countB;
  }
  return Math.min(1, both / Math.sqrt(ofA * ofB));
}

/** A text shorter than a gram is one gram. */
function countGrams(text: string): Uint32Array {
  const counts = new Uint32Array(buckets);
  const last = Math.max(0, text.length - gramLetters);
  for (let start = 0; start <= last; start++) {
    let hash = 0;
    for (let at = start; at < start + gramLetters && at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    const bucket = (hash ^ (hash >>> 15)) & (buckets - 1);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}
