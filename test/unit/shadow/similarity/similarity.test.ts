import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type ComparedAnswer,
  type Critical,
  criticalCeiling,
  partNames,
  similarityOf,
  similarityParts,
} from "../../../../server/shadow/similarity/similarity.ts";

const said = (text: string): ComparedAnswer => ({ text, withheld: false });

/** Words that the parts look for, among any others. */
const wordish = fc.oneof(
  fc.constantFrom("not", "50 mg", "5 mg", "3.", "\n", ".", "$5", "{", '"a": 1', "}", "```", "日本"),
  fc.string({ unit: "grapheme", maxLength: 8 }),
);
const answer: fc.Arbitrary<ComparedAnswer> = fc.record({
  text: fc.array(wordish, { maxLength: 30 }).map((words) => words.join(" ")),
  withheld: fc.boolean(),
});

describe("similarity", () => {
  it("is 1 for equal answers, in every part, with nothing critical", () => {
    fc.assert(
      fc.property(answer, (one) => {
        const { score, parts, criticals } = similarityOf(one, { ...one });
        assert.deepEqual([score, criticals], [1, []]);
        for (const name of partNames) assert.equal(parts[name], 1, name);
      }),
    );
  });

  it("does not depend on the order", () => {
    fc.assert(
      fc.property(answer, answer, (a, b) => {
        assert.deepEqual(similarityOf(a, b), similarityOf(b, a));
      }),
    );
  });

  it("is from 0 to 1 in every part, and the weighted sum of them unless something critical differs", () => {
    fc.assert(
      fc.property(answer, answer, (a, b) => {
        const { score, parts, criticals } = similarityOf(a, b);
        let sum = 0;
        for (const name of partNames) {
          assert.ok(parts[name] >= 0 && parts[name] <= 1, name);
          sum += similarityParts[name].percent * parts[name];
        }
        assert.equal(score, Math.min(sum / 100, criticals.length > 0 ? criticalCeiling : 1));
      }),
    );
  });

  it("has weights that add up to a hundred", () => {
    const weights = Object.values(similarityParts).map(({ percent }) => percent);
    assert.equal(
      weights.reduce((sum, percent) => sum + percent, 0),
      100,
    );
  });

  const texts: ReadonlyArray<readonly [what: string, a: string, b: string, least: number]> = [
    ["letter case and white space", "Paris  is nice.", "paris is\tnice.", 1],
    ["Markdown's emphasis", "**Paris** is the `capital`.", "Paris is the capital.", 1],
    ["kinds of apostrophe", "It isn’t far.", "It isn't far.", 1],
    ["how JSON is written", '{"a": 1, "b": [2]}', '```json\n{\n "b": [2],\n "a": 1}\n```', 1],
    ["the order of a sentence", "Paris is France's capital.", "France's capital is Paris.", 0.7],
  ];
  for (const [what, a, b, least] of texts) {
    it(`hardly minds ${what}`, () => {
      const { score } = similarityOf(said(a), said(b));
      assert.ok(score >= least, String(score));
    });
  }

  const criticals: ReadonlyArray<readonly [a: string, b: string, expected: readonly Critical[]]> = [
    ["Take 50 mg a day.", "Take 5 mg a day.", ["quantities"]],
    ["Take 500 mg a day.", "Take 0.5 g a day.", []],
    ["Take 50 mg a day.", "Take some of it a day.", []],
    ["It costs $1,200.", "It costs $12,000.", ["quantities"]],
    ["Take it with milk.", "Do not take it with milk.", ["negation"]],
    ["You can take it with milk.", "You can't take it with milk.", ["negation"]],
    ["Take it with milk.", "Never swim alone.", []],
    ["Here is how: press start.", "I'm sorry, but I can't help with that.", ["refusal"]],
    ["I am unable to help with that.", "I’m sorry, I can’t assist.", []],
  ];
  for (const [a, b, expected] of criticals) {
    it(`finds ${expected.join(", ") || "nothing"} critical between "${a}" and "${b}"`, () => {
      const { criticals: found, score } = similarityOf(said(a), said(b));
      assert.deepEqual(found, expected);
      assert.equal(score <= criticalCeiling, expected.length > 0);
    });
  }

  it("takes the provider's word for an answer that was withheld", () => {
    const a = said("The answer is 42.");
    assert.deepEqual(similarityOf(a, { ...a, withheld: true }).criticals, ["refusal"]);
  });

  it("tells an answer in other words from one about something else", () => {
    const first =
      "The French Revolution began in 1789, driven by fiscal crisis and inequality. It ended the monarchy.";
    const reworded =
      "Beginning in 1789, the French Revolution was caused by financial crisis and inequality; it abolished the monarchy.";
    const other =
      "A mitochondrion is an organelle of most cells. It makes energy in the form of ATP by respiration.";
    const alike = similarityOf(said(first), said(reworded)).score;
    const unlike = similarityOf(said(first), said(other)).score;
    assert.ok(alike > 0.65 && unlike < 0.4, `${alike} and ${unlike}`);
  });
});
