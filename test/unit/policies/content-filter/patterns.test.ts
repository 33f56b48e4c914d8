import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { longestMatch } from "../../../../server/policies/content-filter/pattern-tracker.ts";
import { findIn, textRulesOf } from "./rules.ts";

/** Each means something else to the machine: classes, repetition, choice, conditions, case, code points beyond the BMP. */
const sources = [
  "ab",
  "a+b",
  "(?i)aB",
  "a.b",
  "(?s)a.{0,3}b",
  "a[^b]{2}c",
  "\\bab\\b",
  "\\Bab",
  "^ab",
  "(?m)^ab",
  "ab$",
  "(?m)ab$",
  "\\Aab\\z",
  "(ab|bc|ca)+d",
  "(?:a|b)*c",
  "[[:upper:]]\\d",
  "\\p{Greek}b",
  "𝒜.?b",
  "é",
  "(a?){3}b",
  "a{2,4}?b",
  "\\w+\\s\\w+\\b",
];

const letters = [..."aabbccdAB1 \né𝒜αβ_"];

describe("a blocked pattern", () => {
  for (const source of sources) {
    it(`${source} is found exactly where re2js finds it`, () => {
      const rules = textRulesOf({ patterns: { it: source } });
      const re2 = RE2JS.compile(source);
      const texts = fc.array(fc.constantFrom(...letters), { maxLength: 14 });
      fc.assert(
        fc.property(texts, (characters) => {
          const text = characters.join("");
          assert.equal(findIn(rules, text) !== undefined, re2.test(text), JSON.stringify(text));
        }),
        { numRuns: 400 },
      );
    });
  }

  it("is called by its own name among several", () => {
    const rules = textRulesOf({ patterns: { first: "x\\d", second: "y\\d" } });
    assert.equal(findIn(rules, "a y7 b"), "second");
    assert.equal(findIn(rules, "a x7 b"), "first");
  });

  it("sees the text as it is, not folded", () => {
    const rules = textRulesOf({ patterns: { it: "Secret" } });
    assert.equal(findIn(rules, "secret"), undefined);
    assert.equal(findIn(rules, "Secrets"), "it");
  });

  it(`is none where it is longer than ${longestMatch}, in one piece or many`, () => {
    const rules = textRulesOf({ patterns: { it: "a.*b" } });
    assert.equal(findIn(rules, `a${"x".repeat(longestMatch - 2)}b`), "it");
    assert.equal(findIn(rules, `a${"x".repeat(longestMatch - 1)}b`), undefined);
    assert.equal(findIn(rules, `a${"x".repeat(longestMatch)}a${"x".repeat(50)}b`), "it");
  });

  for (const blank of ["a*", "", "\\b", "x|^", "(a|b?)$"]) {
    it(`cannot be ${blank || "empty"}, which matches where nothing stands`, () => {
      assert.throws(
        () => textRulesOf({ patterns: { it: blank } }),
        /it matches where nothing stands/,
      );
    });
  }

  it("that is no pattern is refused", () => {
    assert.throws(() => textRulesOf({ patterns: { it: "(a" } }), /missing closing/);
    assert.throws(() => textRulesOf({ patterns: { it: "(a)\\1" } }));
  });

  it("stays linear where backtracking would not end", () => {
    const rules = textRulesOf({ patterns: { it: "(a+)+$b" }, words: ["aaaa b"] });
    assert.equal(findIn(rules, "a".repeat(200_000)), undefined);
  });

  it("works on, right, when it makes more states than are remembered", () => {
    const rules = textRulesOf({ patterns: { it: "[ab]*a[ab]{14}c" } });
    let seed = 7;
    const next = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed & 65_536 ? "a" : "b";
    };
    const text = Array.from({ length: 6000 }, next).join("");
    assert.equal(findIn(rules, text), undefined);
    assert.equal(findIn(rules, `${text}a${"b".repeat(14)}c`), "it");
  });
});
