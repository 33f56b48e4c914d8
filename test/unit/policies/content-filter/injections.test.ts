import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { promptInjections, sqlInjections } from "./injection-corpus.ts";
import { findIn, textRulesOf } from "./rules.ts";

const corpora = [
  ["prompt_injection", promptInjections],
  ["sql_injection", sqlInjections],
] as const;

describe("the lists of injections", () => {
  it("have a table of what they find", (t) => {
    for (const [list, { attacks, ordinary }] of corpora) {
      const rules = textRulesOf({ lists: [list] });
      const found = attacks.filter((text) => findIn(rules, text) !== undefined).length;
      const wrong = ordinary.filter((text) => findIn(rules, text) !== undefined).length;
      t.diagnostic(
        `${list}: ${found} of ${attacks.length} attacks found, ${wrong} of ${ordinary.length} ordinary texts`,
      );
    }
  });

  for (const [list, { attacks, ordinary }] of corpora) {
    const rules = textRulesOf({ lists: [list] });
    for (const text of attacks) {
      it(`${list} finds ${JSON.stringify(text)}`, () => {
        assert.match(findIn(rules, text) ?? "nothing", new RegExp(`^${list}/`));
      });
      it(`${list} finds it within more text: ${JSON.stringify(text)}`, () => {
        const around = list === "prompt_injection" ? "Thank you. " : "name=";
        assert.match(findIn(rules, around + text) ?? "nothing", new RegExp(`^${list}/`));
      });
    }
    for (const text of ordinary) {
      it(`${list} lets pass ${JSON.stringify(text)}`, () => {
        assert.equal(findIn(rules, text), undefined);
      });
    }
  }

  for (const [list, { ordinary }] of [
    ["prompt_injection", sqlInjections],
    ["sql_injection", promptInjections],
  ] as const) {
    it(`${list} lets pass what is ordinary for the other list`, () => {
      const rules = textRulesOf({ lists: [list] });
      for (const text of ordinary) assert.equal(findIn(rules, text), undefined, text);
    });
  }
});
