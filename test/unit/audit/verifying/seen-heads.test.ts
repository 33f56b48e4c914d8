import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSeenHeads } from "../../../../server/audit/verifying/seen-heads.ts";

const head = (number: number, hash = `hash ${number}`, writer = "a") => ({ writer, number, hash });
const numbers = (seen: ReturnType<typeof createSeenHeads>) =>
  [...seen.all].map(({ writer, number, hash, seenBy }) => [writer, number, hash, seenBy]);

describe("heads that were seen", () => {
  it("are the last ones of each chain, however often it was seen", () => {
    const seen = createSeenHeads();
    for (let number = 1; number <= 10_000; number++) {
      seen.add({ heads: [head(number), head(7, "hash", "b")], publicKey: "key" }, "c");
    }
    seen.add({ heads: [head(5)], publicKey: "key" }, "c");
    assert.deepEqual(numbers(seen), [
      ["a", 10_000, "hash 10000", "c"],
      ["b", 7, "hash", "c"],
    ]);
  });

  it("do not go when somebody else claims to have seen later ones", () => {
    const seen = createSeenHeads();
    seen.add({ heads: [head(30)], publicKey: "key" }, "c");
    seen.add({ heads: [head(31, "made up")], publicKey: "another key" }, "c");
    seen.add({ heads: [head(32, "made up")] }, "c");
    seen.add({ heads: [head(33, "made up")], publicKey: "key" }, "d");
    assert.ok(numbers(seen).some(([, number, hash]) => number === 30 && hash === "hash 30"));
    assert.equal(numbers(seen).length, 4);
  });

  it("are both there when one chain has seen two that cannot both be", () => {
    const seen = createSeenHeads();
    seen.add({ heads: [head(3, "one")], publicKey: "key" }, "c");
    seen.add({ heads: [head(3, "other")], publicKey: "key" }, "c");
    assert.deepEqual(numbers(seen), [
      ["a", 3, "one", "c"],
      ["a", 3, "other", "c"],
    ]);
  });
});
