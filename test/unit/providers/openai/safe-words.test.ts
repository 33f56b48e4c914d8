import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { safeParameter, safeWords } from "../../../../server/providers/openai/safe-words.ts";

describe("what may be shown of OpenAI's own words", () => {
  for (const [message, shown] of [
    ["Invalid image.", "Invalid image."],
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    [
      "Invalid value: 'my secret'. Supported values are: 'none'.",
      "Invalid value: '…'. Supported values are: 'none'.",
    ],
    ['Could not read "it\'s me, Ann" and `b`.', 'Could not read "…" and `…`.'],
    ["The model's answer isn't possible.", "The model's answer isn't possible."],
    ["A quotation that 'never ends, Ann", "A quotation that '…'"],
    [
      "Incorrect API key provided: sk-proj-********abcd. Find it.",
      "Incorrect API key provided: …. Find it.",
    ],
    ["The organization org-AbC123 and proj_xyz789 are off.", "The organization … and … are off."],
    ["", ""],
  ] as const) {
    it(message || "nothing", () => assert.equal(safeWords(message), shown));
  }

  it("never is something that stood in quotes, unless it is a name of OpenAI's", () => {
    const secret = fc.stringMatching(/^[A-Z][a-z]{6,12}(?: [A-Za-z'"]{2,9}){0,3}$/);
    fc.assert(
      fc.property(secret, fc.constantFrom("'", '"', "`"), fc.boolean(), (word, mark, ends) => {
        const message = `Invalid value: ${mark}${word}${ends ? `${mark}.` : ""}`;
        const inner = word.split(/['"` ]/).filter((part) => part.length > 6);
        const shown = safeWords(message);
        const closesEarly = word.includes(mark);
        if (!closesEarly) for (const part of inner) assert.ok(!shown.includes(part), shown);
      }),
    );
  });

  it("is short, and quickly found, whatever OpenAI says", () => {
    const hostile = "'".repeat(50_000) + " '\"`".repeat(50_000);
    assert.ok(safeWords(hostile).length <= 500);
    assert.ok(safeWords("word ".repeat(50_000)).length <= 500);
  });
});

describe("what may be shown of a parameter's path", () => {
  for (const [param, shown] of [
    ["max_tokens", "max_tokens"],
    ["messages[2].content[0].image_url", "messages[2].content[0].image_url"],
    ["my secret", undefined],
    ["a'b", undefined],
    ["", undefined],
    [undefined, undefined],
  ] as const) {
    it(String(param), () => assert.equal(safeParameter(param), shown));
  }
});
