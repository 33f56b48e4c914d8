import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTextJoiner } from "../../../../server/providers/codec-parts/text-joiner.ts";

describe("createTextJoiner", () => {
  it("lets whole text pass at once", () => {
    const joiner = createTextJoiner();
    assert.equal(joiner.push(0, "Grüße 🙂"), "Grüße 🙂");
    assert.equal(joiner.end(0), "");
  });

  it("holds the first half of a code point until the second comes", () => {
    const joiner = createTextJoiner();
    const [high = "", low = ""] = "🙂".split("");
    assert.equal(joiner.push(0, `a${high}`), "a");
    assert.equal(joiner.push(0, ""), "");
    assert.equal(joiner.push(0, `${low}b`), "🙂b");
  });

  it("holds exactly the units that begin a pair, from the first to the last", () => {
    for (const [unit, passes] of [
      ["\ud7ff", true],
      ["\ud800", false],
      ["\udbff", false],
      ["\udc00", true],
    ] as const) {
      assert.equal(
        createTextJoiner().push(0, unit),
        passes ? unit : "",
        unit.charCodeAt(0).toString(16),
      );
    }
  });

  it("gives half a code point back when its block ends, once", () => {
    const joiner = createTextJoiner();
    const [high = ""] = "🙂".split("");
    joiner.push(0, high);
    assert.equal(joiner.end(1), "");
    assert.equal(joiner.end(0), high);
    assert.equal(joiner.end(0), "");
  });

  it("loses and reorders nothing of any pieces, broken ones included, and holds one unit at most", () => {
    const unit = fc.integer({ min: 0xd7fe, max: 0xe001 }).map((code) => String.fromCharCode(code));
    const piece = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit }));
    const pushes = fc.array(fc.tuple(fc.nat(2), piece));
    fc.assert(
      fc.property(pushes, (pieces) => {
        const joiner = createTextJoiner();
        const pushed = ["", "", ""];
        const passed = ["", "", ""];
        for (const [block, text] of pieces) {
          pushed[block] += text;
          passed[block] += joiner.push(block, text);
          const held = (pushed[block] ?? "").length - (passed[block] ?? "").length;
          assert.ok(held === 0 || held === 1);
        }
        const ended = passed.map((text, block) => text + joiner.end(block));
        assert.deepEqual(ended, pushed);
      }),
    );
  });
});
