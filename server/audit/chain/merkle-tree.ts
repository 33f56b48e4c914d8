import { sha256 } from "../../core/sha256.ts";
import { leafHash, nodeHash, noHash } from "./hashes.ts";

/** A Merkle tree as RFC 6962 (section 2.1) hashes it, which grows by leaves at its end and keeps only its edge. */
export interface GrowingTree {
  readonly size: number;
  /** By the leaf's hash. */
  add(leaf: Buffer): void;
  root(): Buffer;
  /** The same tree once more, to grow in its own way. */
  fork(): GrowingTree;
}

/** Begins with no leaf. Holds one hash for each bit of its size. */
export function createGrowingTree(): GrowingTree {
  return growFrom([], 0);
}

/** `edge` has the roots of the whole subtrees that the leaves make, the largest first. */
function growFrom(edge: Buffer[], startSize: number): GrowingTree {
  let size = startSize;
  return {
    get size() {
      return size;
    },
    add(leaf) {
      let node = leaf;
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        node = nodeHash(edge.pop() ?? noHash, node);
      }
      edge.push(node);
      size += 1;
    },
    root: () => rootOf(edge),
    fork: () => growFrom([...edge], size),
  };
}

function rootOf(edge: readonly Buffer[]): Buffer {
  const last = edge.at(-1);
  if (!last) return sha256(Buffer.alloc(0));
  return edge.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
}

/** Leaves that stand next to each other: from one on, up to another that is not among them. */
export interface LeafRun {
  readonly from: number;
  readonly to: number;
}

/**
 * The runs of leaves whose roots are a leaf's audit path (RFC 6962, section 2.1.1), in the path's order: all leaves but this
 * one, each in one of them.
 */
export function pathRuns(index: number, size: number): LeafRun[] {
  const runs: LeafRun[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    if (index < middle) {
      runs.push({ from: middle, to });
      to = middle;
    } else {
      runs.push({ from, to: middle });
      from = middle;
    }
  }
  return runs.reverse();
}

/** The root that a record and its path lead to, as RFC 9162 (section 2.1.3.2) says; undefined where they cannot fit. */
export function rootFromPath(
  record: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Buffer | undefined {
  if (index < 0 || index >= size) return undefined;
  let node = leafHash(record);
  let position = index;
  let last = size - 1;
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? node : undefined;
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
