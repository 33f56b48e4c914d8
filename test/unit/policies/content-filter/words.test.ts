import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonText } from "../../../../server/policies/content-filter/readings.ts";
import { findIn, textRulesOf } from "./rules.ts";

describe("a blocked word or phrase", () => {
  for (const [word, found, passing] of [
    [
      "grant",
      ["grant", "a grant proposal", "Grant!", "(GRANT)", "grant's"],
      ["grants", "fragrant", "grant_id", "grant2"],
    ],
    [
      "grant proposal",
      ["a grant proposal.", "Grant\n\t proposal"],
      ["grant", "grant proposals", "grantproposal", "grant-proposal"],
    ],
    ["straße", ["STRASSE", "Straße", "strasse"], ["strassen"]],
    ["café", ["café", "cafe\u0301", "CAFÉ"], ["cafe", "cafés"]],
    ["cafe", ["cafe"], ["café", "cafe\u0301"]],
    ["ﬁnance", ["finance", "ＦＩＮＡＮＣＥ", "ﬁnance"], ["refinance"]],
    ["σίσυφος", ["ΣΊΣΥΦΟΣ", "σίσυφος"], ["σίσυφοσα"]],
    ["istanbul", ["ISTANBUL", "Istanbul"], []],
    ["secret", ["se\u200bcret", "s\u00adecret", "se\u2060cret\ufeff"], ["se cret", "secretary"]],
    ["c++", ["c++", "I like C++.", "c++20"], ["c+", "bc++"]],
    ["#tag", ["#tag", "x #tag"], ["#tags"]],
    ["禁止", ["これは禁止です", "禁止"], ["禁 止"]],
    ["グラント", ["このグラントは", "ｸﾞﾗﾝﾄ"], ["グランド"]],
    ["acme", ["acmeを買う", "株式会社acme"], ["acmes"]],
    ["보조금", ["보조금 신청"], ["보조금이"]],
    ["ท่า", ["ท่าเรือ"], []],
    ["ё", ["Ё"], ["е"]],
    ["ab", ["a\u200bb", `a${"\u200b".repeat(63)}b`], [`a${"\u200b".repeat(64)}b`]],
    ["a b", [`a${" ".repeat(64)}b`], [`a${" ".repeat(65)}b`, "a\u200bb"]],
  ] as const) {
    const rules = textRulesOf({ words: [word] });
    for (const text of found) {
      it(`${word} is found in ${JSON.stringify(text.slice(0, 40))}`, () => {
        assert.equal(findIn(rules, text), "words");
      });
    }
    for (const text of passing) {
      it(`${word} is not found in ${JSON.stringify(text.slice(0, 40))}`, () => {
        assert.equal(findIn(rules, text), undefined);
      });
    }
  }

  it("is found whatever other words overlap with it", () => {
    const rules = textRulesOf({ words: ["red car park", "car", "park bench"] });
    assert.equal(findIn(rules, "a red car here"), "words");
    assert.equal(findIn(rules, "a red cart park bench"), "words");
    assert.equal(findIn(rules, "a red cart"), undefined);
  });

  it("is called by its topic where it is a topic's", () => {
    const rules = textRulesOf({ topics: { weather: ["rain", "snow"], sports: ["football"] } });
    assert.equal(findIn(rules, "Will it SNOW?"), "weather");
    assert.equal(findIn(rules, "football today"), "sports");
  });

  it("is found in JSON however it is escaped there", () => {
    const rules = textRulesOf({ words: ["grant proposal", "𝒜cme", 'quote"d'] });
    for (const [json, isFound] of [
      ['{"a":"gr\\u0061nt\\nproposal"}', true],
      ['{"a":"grant\\u0020proposal"}', true],
      ['{"a":"\\ud835\\udc9ccme"}', true],
      ['{"a":"x quote\\"d"}', true],
      ['{"a":"grant","b":"proposal"}', false],
      ['{"a":"grant\\\\nproposal"}', false],
    ] as const) {
      assert.equal(findIn(rules, json, jsonText), isFound ? "words" : undefined, json);
    }
  });
});
