import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../../../server/shadow/similarity/json-text.ts";
import { lengthRatio } from "../../../../server/shadow/similarity/length-ratio.ts";
import {
  negationAgreement,
  statementsContradict,
  statementsOf,
} from "../../../../server/shadow/similarity/negation.ts";
import { ngramCosine } from "../../../../server/shadow/similarity/ngram-cosine.ts";
import { numberAgreement, quantitiesOf } from "../../../../server/shadow/similarity/quantities.ts";
import { isRefusal } from "../../../../server/shadow/similarity/refusal.ts";
import {
  commonSubsequence,
  mostWords,
  rougeL,
} from "../../../../server/shadow/similarity/rouge-l.ts";
import { plainText, wordsOf } from "../../../../server/shadow/similarity/words.ts";

/** The textbook's table, to hold the bits against. */
function longestByTable(a: readonly string[], b: readonly string[]): number {
  let before = new Array<number>(b.length + 1).fill(0);
  for (const word of a) {
    const row = [0];
    for (const [at, other] of b.entries()) {
      const longest = Math.max(before[at + 1] ?? 0, row[at] ?? 0);
      row.push(word === other ? (before[at] ?? 0) + 1 : longest);
    }
    before = row;
  }
  return before[b.length] ?? 0;
}

/** Few of them, and long enough to need several of the 32 places that are counted at a time. */
const fewWords = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 100, size: "max" });

describe("ROUGE-L", () => {
  it("finds the same longest common subsequence as the textbook's table", () => {
    fc.assert(
      fc.property(fewWords, fewWords, (a, b) => {
        assert.equal(commonSubsequence(a, b), longestByTable(a, b));
      }),
    );
  });

  it("never falls when more of the other text is said", () => {
    fc.assert(
      fc.property(fewWords, fc.nat(99), (words, at) => {
        const shorter = rougeL(words, words.slice(0, at));
        assert.ok(rougeL(words, words.slice(0, at + 1)) >= shorter);
      }),
    );
  });

  it("reads the beginning of a text that is too long", () => {
    const words = Array.from({ length: mostWords }, (_, index) => `w${index}`);
    assert.equal(rougeL([...words, "one"], [...words, "other"]), 1);
  });
});

describe("the letters' cosine", () => {
  it("falls when words are put in that the other text does not have", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (count) => {
        const text = "the capital of france is paris";
        const padded = (times: number) => `${text}${" zqxjkvw".repeat(times)}`;
        assert.ok(ngramCosine(text, padded(count)) > ngramCosine(text, padded(count + 1)));
      }),
    );
  });
  it("is 0 against an empty text, and compares texts shorter than a gram whole", () => {
    assert.deepEqual(
      [ngramCosine("", "a"), ngramCosine("", ""), ngramCosine("ab", "ab"), ngramCosine("ab", "ac")],
      [0, 1, 1, 0],
    );
  });
});

describe("the length ratio", () => {
  it("is the shorter over the longer", () => {
    assert.deepEqual([lengthRatio("ab", "abcd"), lengthRatio("", "a")], [0.5, 0]);
  });
});

describe("quantities", () => {
  const cases: ReadonlyArray<readonly [text: string, expected: Record<string, readonly number[]>]> =
    [
      ["50 mg or 0.05 g", { mass: [50] }],
      ["1 day is 24 hours", { time: [86_400] }],
      ["$1,200.50 and 3 usd", { usd: [1200.5, 3] }],
      ["-5 °c to 5-10 mg", { celsius: [-5], "": [5], mass: [10] }],
      ["2,5 km, a 30-minute walk", { length: [2500], time: [1800] }],
      ["1. one\n2. two 7%", { share: [7] }],
      ["h2o and gpt4, the 1990s, version 3.5 sonnet", { "": [1990, 3.5] }],
      ["1,000,000 people", { "": [1_000_000] }],
      ["(1,2), 2024-05-01", { "": [1.2, 2024, 5, 1] }],
      ["no numbers", {}],
    ];
  for (const [text, expected] of cases) {
    it(`of "${text.replaceAll("\n", " ")}"`, () => {
      const found = [...quantitiesOf(text)].map(([dimension, values]) => [dimension, [...values]]);
      assert.deepEqual(Object.fromEntries(found), expected);
    });
  }
  it("agree by the share of numbers that both have", () => {
    const agreement = (a: string, b: string) => numberAgreement(quantitiesOf(a), quantitiesOf(b));
    assert.deepEqual(
      [
        agreement("1 2 3", "1 2 4"),
        agreement("1 mg", "1 kg"),
        agreement("7", ""),
        agreement("", ""),
      ],
      [2 / 3, 0, 0, 1],
    );
  });
});

describe("negation", () => {
  it("agrees by counts", () => {
    assert.deepEqual([negationAgreement(0, 0), negationAgreement(1, 4)], [1, 0.25]);
  });
  it("contradicts only where one and the same statement is denied once and said once", () => {
    const contradict = (a: string, b: string) =>
      statementsContradict(statementsOf(plainText(a)), statementsOf(plainText(b)));
    assert.equal(contradict("The drug is safe. Do go on.", "The drug isn't safe."), true);
    assert.equal(contradict("Take it.", "Do not take it."), false, "too short to tell");
    const both = "The drug is safe. The drug is not safe.";
    assert.equal(contradict(both, "The drug is safe."), false, "it says both itself");
  });
});

describe("refusals", () => {
  it("are seen at an answer's beginning only", () => {
    const words = plainText("I can’t help with that.");
    assert.equal(isRefusal(words), true);
    assert.equal(isRefusal(`${"a letter to them: ".repeat(20)}${words}`), false);
  });
});

describe("words", () => {
  it("are single letters where no spaces are written between words", () => {
    assert.deepEqual(wordsOf(plainText("Tokyo 東京です, v2!")), [
      "tokyo",
      "東",
      "京",
      "で",
      "す",
      "v2",
    ]);
  });
});

describe("JSON", () => {
  const cases: ReadonlyArray<readonly [text: string, expected: string | undefined]> = [
    [' {"b": 1, "a": [1, {"d": 1, "c": 2}]} ', '{"a":[1,{"c":2,"d":1}],"b":1}'],
    ["```json\n[1,\n2]\n```", "[1,2]"],
    ["```\n{}\n```", "{}"],
    ['{"a": }', undefined],
    ["42", undefined],
    ["Here it is: {}", undefined],
    [`${"[".repeat(5000)}${"]".repeat(5000)}`, undefined],
  ];
  for (const [text, expected] of cases) {
    it(`of ${JSON.stringify(text.slice(0, 40))} is ${expected ?? "none"}`, () => {
      assert.equal(canonicalJson(text), expected);
    });
  }
});
