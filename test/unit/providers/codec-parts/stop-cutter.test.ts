import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createStopCutter } from "../../../../server/providers/codec-parts/stop-cutter.ts";
import { chop, choppedText } from "../../../conformance/codec/speech.ts";
import { cut } from "../../../conformance/codec/stop-sequences.ts";

/** What comes out of a cutter, piece by piece, and what it found. */
function run(stops: readonly string[], pieces: readonly string[], before?: string) {
  const cutter = createStopCutter(stops, before);
  const passed = pieces.map((piece) => cutter.push(piece));
  const rest = cutter.end();
  return { passed, text: passed.join("") + rest, found: cutter.found ?? "" };
}

describe("createStopCutter", () => {
  it("lets everything pass at once where there is no sequence", () => {
    assert.deepEqual(run([], ["One ", "two"]).passed, ["One ", "two"]);
  });

  it("lets pass at once what can be no beginning of a sequence", () => {
    assert.deepEqual(run(["STOP"], ["One T", "OP S", "he"]).passed, ["One T", "OP ", "She"]);
  });

  it("ends the text before a sequence, in the middle of a piece too", () => {
    const { text, found } = run(["STOP"], ["One STOP two"]);
    assert.deepEqual([text, found], ["One ", "STOP"]);
  });

  it("lets nothing pass any more once it has found one", () => {
    assert.deepEqual(run(["b"], ["a", "b", "c", "b"]).passed, ["a", "", "", ""]);
  });

  it("gives back what it held when the text ends, once", () => {
    const cutter = createStopCutter(["STOP"]);
    assert.equal(cutter.push("One STO"), "One ");
    assert.equal(cutter.end(), "STO");
    assert.equal(cutter.end(), "");
    assert.equal(cutter.found, undefined);
  });

  it("holds the first half of a code point even where no sequence has any", () => {
    const [high = "", low = ""] = "🙂".split("");
    assert.deepEqual(run([], [`a${high}`, low]).passed, ["a", "🙂"]);
    assert.equal(run([], [`a${high}`]).text, `a${high}`, "half of one is not lost either");
  });

  for (const [stops, value, text, found] of [
    [["ab", "abc"], "xabc", "x", "ab"],
    [["abc", "b"], "xabc", "xa", "b"],
    [["b", "ab"], "xab", "x", "ab"],
    [["aab"], "aaab", "a", "aab"],
    [["\n\n"], "a\nb\n\nc", "a\nb", "\n\n"],
    [["🙂!"], "🙂🙂!", "🙂", "🙂!"],
    [["abc", "abd"], "ababd", "ab", "abd"],
  ] as const) {
    it(`cuts ${JSON.stringify(value)} by ${JSON.stringify(stops)} at ${JSON.stringify(found)}`, () => {
      for (let at = 0; at <= value.length; at++) {
        const result = run(stops, chop(value, [at]));
        assert.deepEqual([result.text, result.found], [text, found], `cut at ${at}`);
      }
    });
  }

  for (const [before, stops, value, text, found] of [
    ["One ST", ["STOP"], "OP two", "", "STOP"],
    ["One ST", ["STOP"], "AND", "AND", ""],
    ["One ST", ["STOP"], "ST", "ST", ""],
    ["One ST", ["STOP"], "STOP", "", "STOP"],
    ["One STOP", ["STOP"], " two", " two", ""],
    ["STOP", ["STOP", "OPERA"], "ERA", "", "OPERA"],
    ["a", ["aab"], "ab", "", "aab"],
    ["a", ["aab"], "aab", "", "aab"],
    ["", ["STOP"], "STOP", "", "STOP"],
  ] as const) {
    it(`cuts ${JSON.stringify(value)} behind ${JSON.stringify(before)} at ${JSON.stringify(found)}`, () => {
      for (let at = 0; at <= value.length; at++) {
        const result = run(stops, chop(value, [at]), before);
        assert.deepEqual([result.text, result.found], [text, found], `cut at ${at}`);
      }
    });
  }

  const unit = fc.constantFrom("a", "b", "c", "🙂", "🙃", "\n");
  const sequence = fc.string({ unit, minLength: 1, maxLength: 6 });
  const sequences = fc.array(sequence, { maxLength: 5 });
  const texts = choppedText(fc.string({ unit, maxLength: 60 }));

  it("cuts any text by any sequences in the same place, however it is chopped", () => {
    fc.assert(
      fc.property(sequences, texts, (stops, [value, pieces]) => {
        const expected = cut(value, stops);
        const { text, found } = run(stops, pieces);
        assert.deepEqual([text, found], [expected.text, expected.stop]);
      }),
      { numRuns: 2000 },
    );
  });

  it("ends where one long text would have ended, wherever it is taken up", () => {
    fc.assert(
      fc.property(sequences, texts, (stops, [value, pieces]) => {
        const first = createStopCutter(stops);
        let before = "";
        for (const piece of pieces) {
          before += first.push(piece);
          const rest = run(stops, [value.slice(before.length)], before);
          const expected = cut(value, stops);
          assert.equal(before + rest.text, expected.text);
          if (first.found === undefined) assert.equal(rest.found, expected.stop);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("never lets half a code point pass, and never holds as much as the longest sequence", () => {
    fc.assert(
      fc.property(sequences, texts, (stops, [, pieces]) => {
        const longest = Math.max(2, ...stops.map(({ length }) => length));
        const cutter = createStopCutter(stops);
        let pushed = 0;
        let passed = 0;
        for (const piece of pieces) {
          const out = cutter.push(piece);
          pushed += piece.length;
          passed += out.length;
          assert.ok(out.isWellFormed());
          if (cutter.found === undefined) assert.ok(pushed - passed < longest);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
