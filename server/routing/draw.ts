/**
 * Puts items in an order drawn by lot in proportion to their weights: the first one is each item with the probability
 * of its share, the second each of the others with its share among them, and so on (weighted sampling without
 * replacement as a race of exponential variates: Efraimidis and Spirakis, 2006). `uniform` gives a number from 0,
 * inclusive, to 1 for an item. Drawn from hashes of the items instead of random numbers, it is weighted rendezvous
 * hashing: what is taken away or added moves nobody else.
 */
export function drawnOrder<T>(
  items: readonly T[],
  weightOf: (item: T) => number,
  uniform: (item: T) => number,
): T[] {
  return items
    .map((item) => ({ item, arrival: -Math.log(1 - uniform(item)) / weightOf(item) }))
    .sort((a, b) => a.arrival - b.arrival)
    .map(({ item }) => item);
}

/**
 * A number from 0, inclusive, to 1 that is always the same for the same two texts, on every machine: FNV-1a with the
 * finaliser of MurmurHash3, which spreads what FNV leaves alike.
 */
export function hashedUniform(key: string, item: string): number {
  return mixed(fnv1a(item, fnv1a("\n", fnv1a(key, 0x811c9dc5)))) / 2 ** 32;
}

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
