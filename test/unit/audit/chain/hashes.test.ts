import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  headHash,
  leafHash,
  nodeHash,
  summaryHash,
} from "../../../../server/audit/chain/hashes.ts";
import { sha256 } from "../../../../server/core/sha256.ts";

/** Another way to the same figures. */
const hashOf = (...parts: readonly Uint8Array[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

describe("the hashes of the audit log", () => {
  it("are SHA-256 (FIPS 180-4's own example)", () => {
    assert.equal(
      sha256(Buffer.from("abc")).toString("hex"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("have a prefix for each kind of bytes, so that none can pass for another", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const hashes = [leafHash(bytes), headHash(bytes), summaryHash(bytes), sha256(bytes)];
        assert.deepEqual(hashes, [
          hashOf(Buffer.of(0), bytes),
          hashOf(Buffer.of(2), bytes),
          hashOf(Buffer.of(3), bytes),
          hashOf(bytes),
        ]);
        assert.equal(new Set(hashes.map(String)).size, 4);
      }),
    );
  });

  it("of an inner node is that of its children, the left one first", () => {
    const [left, right] = [sha256(Buffer.from("left")), sha256(Buffer.from("right"))];
    assert.deepEqual(nodeHash(left, right), hashOf(Buffer.of(1), left, right));
    assert.notDeepEqual(nodeHash(left, right), nodeHash(right, left));
    assert.notDeepEqual(nodeHash(left, right), leafHash(Buffer.concat([left, right])));
  });
});
