import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Rewriter } from "../../../../server/policies/pii/rewriter.ts";
import { createScanner } from "../../../../server/policies/pii/scanner.ts";
import { createTextRewriter } from "../../../../server/policies/pii/text-rewriter.ts";
import { cutUp } from "../../../fakes/cut-up.ts";
import { personalTexts, pieceLengths } from "../../../fakes/personal-texts.ts";

/** The guide's four, of which nothing is taken out, so that lengths can be compared. */
const rewriter = (): Rewriter =>
  createTextRewriter({
    scanner: createScanner({
      entities: ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"],
      defaultRegion: "US",
    }),
    replace: () => undefined,
  });

/** The most that was held back at once, in characters, and what left at the end. */
function mostHeld(pieces: readonly string[]): number {
  const under = rewriter();
  let held = 0;
  let most = 0;
  for (const piece of pieces) {
    held += piece.length - under.push(piece).length;
    most = Math.max(most, held);
  }
  assert.equal(under.flush().length, held);
  return most;
}

describe("a stream that is looked through", () => {
  it("holds back no more of prose than the word under way", () => {
    const prose =
      "The grant proposal was sent on Tuesday, and nobody has answered it so far. ".repeat(9);
    const longestWord = Math.max(...prose.split(" ").map(({ length }) => length));
    assert.ok(mostHeld(prose.split("")) <= longestWord + 1);
    const words = prose.split(/(?= )/);
    assert.ok(mostHeld(words) <= longestWord + 1);
  });

  for (const [name, unit] of [
    ["digits", "1"],
    ["letters", "a"],
    ["beginnings of addresses", "a@"],
    ["dots", "a."],
    ["groups of digits", "411 "],
    ["digits and hyphens", "1-"],
    ["plus signs", "+1"],
    ["characters of two units", "🙂"],
    ["digits of other scripts", "𝟙"],
    ["what nobody sees", "\u200b"],
  ] as const) {
    it(`holds back little of any number of ${name}`, () => {
      const most = mostHeld(cutUp(unit.repeat(4000), Array(800).fill(5)));
      assert.ok(most <= 1024, `${most} characters were held`);
    });
  }

  it("holds back little of anything", () => {
    fc.assert(
      fc.property(personalTexts, pieceLengths, (text, lengths) => {
        const pieces = cutUp(text.repeat(4), lengths);
        const longest = Math.max(...pieces.map(({ length }) => length));
        assert.ok(mostHeld(pieces) <= 512 + longest);
      }),
      { numRuns: 500 },
    );
  });
});
