import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nearNames } from "../../../server/routing/near-names.ts";

describe("nearNames", () => {
  const known = ["claude-3-haiku", "claude-3-opus", "claude-3-5-sonnet", "fast"];

  for (const [asked, nearest] of [
    ["claude-3-haiku", "claude-3-haiku"],
    ["claude-3-hiaku", "claude-3-haiku"],
    ["CLAUDE-3-OPUS", "claude-3-opus"],
    ["claude-3.5-sonet", "claude-3-5-sonnet"],
    ["fsat", "fast"],
  ] as const) {
    it(`takes ${asked} for ${nearest}`, () => assert.equal(nearNames(asked, known)[0], nearest));
  }

  it("finds nothing alike in a name from elsewhere", () => {
    assert.deepEqual(nearNames("zzzzzzzzzzzzzz", known), []);
    assert.deepEqual(nearNames("", known), []);
  });

  it("gives at most three, each a known one, whatever is asked", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (asked, names) => {
        const near = nearNames(asked, names);
        assert.ok(near.length <= 3);
        assert.ok(near.every((name) => names.includes(name)));
      }),
    );
  });

  it("puts the name itself first when it is known", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,20}$/), { minLength: 1 }), (names) => {
        const [asked = ""] = names;
        assert.equal(nearNames(asked, names)[0], asked);
      }),
    );
  });

  it("reads only the beginning of a huge name", () => {
    assert.deepEqual(nearNames("x".repeat(1_000_000), known), []);
  });
});
