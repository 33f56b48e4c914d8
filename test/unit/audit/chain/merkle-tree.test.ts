import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { leafHash } from "../../../../server/audit/chain/hashes.ts";
import {
  createGrowingTree,
  pathRuns,
  rootFromPath,
} from "../../../../server/audit/chain/merkle-tree.ts";

/** The test vectors that Certificate Transparency's implementations share (RFC 6962): eight inputs, in hex. */
const inputs = [
  "",
  "00",
  "10",
  "2021",
  "3031",
  "40414243",
  "5051525354555657",
  "606162636465666768696a6b6c6d6e6f",
].map((hex) => Buffer.from(hex, "hex"));

/** The root over so many of them. */
const roots = [
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
  "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
  "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
  "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
  "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

function rootOfLeaves(leaves: readonly Buffer[]): Buffer {
  const tree = createGrowingTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

function inclusionPath(leaves: readonly Buffer[], index: number): Buffer[] {
  return pathRuns(index, leaves.length).map(({ from, to }) => rootOfLeaves(leaves.slice(from, to)));
}

/** Leaf, tree size, and the path between them. */
const paths: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
];

const hexOf = (hash: Buffer | undefined) => hash?.toString("hex");
const leavesOf = (size: number) => inputs.slice(0, size).map(leafHash);

describe("the Merkle tree, by the vectors of Certificate Transparency", () => {
  for (const [size, root] of roots.entries()) {
    it(`has its root over ${size} leaves, all at once and one after the other`, () => {
      assert.equal(hexOf(rootOfLeaves(leavesOf(size))), root);
      const tree = createGrowingTree();
      for (const [at, leaf] of leavesOf(size).entries()) {
        assert.equal(hexOf(tree.root()), roots[at]);
        tree.add(leaf);
      }
      assert.deepEqual([tree.size, hexOf(tree.root())], [size, root]);
    });
  }

  for (const [index, size, path] of paths) {
    it(`has the path of leaf ${index} among ${size}`, () => {
      assert.deepEqual(inclusionPath(leavesOf(size), index).map(hexOf), path);
    });
  }
});

const mostLeaves = 70;
const records = Array.from({ length: mostLeaves + 1 }, (_, at) => Buffer.from(`record ${at}`));
const leaves = records.map(leafHash);
const recordAt = (at: number) => records[at] ?? Buffer.alloc(0);
const sizes = fc.integer({ min: 1, max: mostLeaves });
/** A tree's size and one of its leaves. */
const places = sizes.chain((size) => fc.tuple(fc.nat({ max: size - 1 }), fc.constant(size)));
const pathIn = (size: number, index: number) => inclusionPath(leaves.slice(0, size), index);

describe("an inclusion path", () => {
  it(`leads from each leaf to the root, in trees of every size up to ${mostLeaves}`, () => {
    for (let size = 1; size <= mostLeaves; size++) {
      const root = hexOf(rootOfLeaves(leaves.slice(0, size)));
      for (let index = 0; index < size; index++) {
        const path = pathIn(size, index);
        assert.equal(hexOf(rootFromPath(recordAt(index), index, size, path)), root);
        assert.ok(path.length <= Math.ceil(Math.log2(size)), "it is no longer than it must be");
      }
    }
  });

  /** What somebody might show in place of the truth; undefined where it is the truth. */
  const lies = fc.oneof(
    fc.record({ kind: fc.constant("record" as const), other: fc.nat({ max: mostLeaves }) }),
    fc.record({ kind: fc.constant("index" as const), other: fc.integer({ min: -2, max: 80 }) }),
    fc.record({
      kind: fc.constant("bit" as const),
      other: fc.nat({ max: 7 * 256 - 1 }),
    }),
    fc.record({ kind: fc.constant("drop" as const), other: fc.nat({ max: 6 }) }),
    fc.record({ kind: fc.constant("add" as const), other: fc.nat({ max: 7 }) }),
    fc.record({ kind: fc.constant("swap" as const), other: fc.nat({ max: 5 }) }),
  );

  it("does not lead to the root with another record, another place, or any change to it", () => {
    fc.assert(
      fc.property(places, lies, ([index, size], { kind, other }) => {
        const path = pathIn(size, index);
        const root = hexOf(rootOfLeaves(leaves.slice(0, size)));
        const said = { record: recordAt(index), index, path: [...path] };
        const sibling = path[Math.floor(other / 256)];
        if (kind === "record") {
          fc.pre(other !== index);
          said.record = recordAt(other);
        } else if (kind === "index") {
          fc.pre(other !== index);
          said.index = other;
        } else if (kind === "bit") {
          fc.pre(sibling !== undefined);
          const changed = Buffer.from(sibling);
          const bit = other % 256;
          changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          said.path[Math.floor(other / 256)] = changed;
        } else if (kind === "drop") {
          fc.pre(other < path.length);
          said.path.splice(other, 1);
        } else if (kind === "add") {
          said.path.splice(other, 0, leaves[0] ?? Buffer.alloc(32));
        } else {
          const [first, second] = [path[other], path[other + 1]];
          fc.pre(first !== undefined && second !== undefined);
          said.path.splice(other, 2, second, first);
        }
        assert.notEqual(hexOf(rootFromPath(said.record, said.index, size, said.path)), root);
      }),
      { numRuns: 2000 },
    );
  });

  it("leads to no root of a tree that has another number of leaves", () => {
    fc.assert(
      fc.property(places, sizes, ([index, size], other) => {
        fc.pre(other !== size);
        const found = rootFromPath(recordAt(index), index, other, pathIn(size, index));
        assert.notEqual(hexOf(found), hexOf(rootOfLeaves(leaves.slice(0, other))));
      }),
    );
  });
});

describe("the runs of leaves that a path is made of", () => {
  it("are all leaves but the one, each once, however large the tree", () => {
    const large = fc.integer({ min: 1, max: 1_000_000 });
    const any = large.chain((size) => fc.tuple(fc.nat({ max: size - 1 }), fc.constant(size)));
    fc.assert(
      fc.property(any, ([index, size]) => {
        const runs = [...pathRuns(index, size), { from: index, to: index + 1 }];
        let next = 0;
        for (const { from, to } of runs.toSorted((a, b) => a.from - b.from)) {
          assert.equal(from, next);
          next = to;
        }
        assert.equal(next, size);
      }),
    );
  });
});

describe("a growing tree", () => {
  it("that is forked grows in two ways which know nothing of each other", () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.nat({ max: 30 }), (shared, more) => {
        const tree = createGrowingTree();
        for (const leaf of leaves.slice(0, shared)) tree.add(leaf);
        const fork = tree.fork();
        const before = hexOf(tree.root());
        for (const leaf of leaves.slice(shared, shared + more)) fork.add(leaf);
        assert.equal(hexOf(tree.root()), before);
        assert.equal(hexOf(fork.root()), hexOf(rootOfLeaves(leaves.slice(0, shared + more))));
        for (const leaf of leaves.slice(0, 3)) tree.add(leaf);
        const own = [...leaves.slice(0, shared), ...leaves.slice(0, 3)];
        assert.equal(hexOf(tree.root()), hexOf(rootOfLeaves(own)));
      }),
    );
  });
});
