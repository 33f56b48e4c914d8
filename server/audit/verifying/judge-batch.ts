import { leafHash } from "../chain/hashes.ts";
import type { GrowingTree } from "../chain/merkle-tree.ts";

/** One place in a batch. */
export interface Place {
  readonly sequence: number;
  /** The record that stands there; undefined where there is none. */
  readonly bytes: Buffer | undefined;
  /** What the record after it says its hash is; undefined where none does. */
  readonly claimed: Buffer | undefined;
}

/** What a batch's root says of its records. */
export interface BatchVerdict {
  /** The segment's tree with the batch in it. */
  readonly tree: GrowingTree;
  /** Sequences whose record is not the one that the root is over. */
  readonly changed: readonly number[];
  /** Whether the tree has the root. */
  readonly isWhole: boolean;
}

/**
 * Finds out which records of a batch are not those that its root is over. A record that was changed has another hash than
 * the record after it says; when the root comes right with the hash that it had, that proves which one it is.
 */
export function judgeBatch(
  before: GrowingTree,
  places: readonly Place[],
  root: Buffer,
): BatchVerdict {
  const found = places.map(({ bytes }) => bytes && leafHash(bytes));
  const suspects = places.flatMap(({ claimed }, at) =>
    claimed && !found[at]?.equals(claimed) ? [at] : [],
  );
  const lost = suspects.filter((at) => found[at] === undefined);
  const attempts = [[], ...suspects.map((at) => [...new Set([...lost, at])]), suspects];
  for (const replaced of attempts) {
    const tree = before.fork();
    for (const [at, leaf] of found.entries()) {
      const hash = replaced.includes(at) ? places[at]?.claimed : leaf;
      if (hash) tree.add(hash);
    }
    const isWhole = tree.size === before.size + places.length && tree.root().equals(root);
    if (isWhole) return { tree, isWhole, changed: sequencesAt(places, replaced) };
  }
  const tree = before.fork();
  for (const leaf of found) if (leaf) tree.add(leaf);
  return { tree, isWhole: false, changed: sequencesAt(places, suspects) };
}

function sequencesAt(places: readonly Place[], indices: readonly number[]): number[] {
  return indices.flatMap((at) => places[at]?.sequence ?? []);
}
