import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  createSeam,
  prefillMessages,
} from "../../../../../server/providers/bedrock/codecs/claude-prefill.ts";
import { chop } from "../../../../conformance/codec/speech.ts";

const continued = (text: string) => ({ text, outputTokens: 1, attempts: 1 });

/** What the caller has when this comes back behind the text. */
function joined(text: string, pieces: readonly string[], stops: readonly string[] = []): string {
  const seam = createSeam(continued(text), stops);
  return text + pieces.map((piece) => seam.push(piece)).join("") + seam.end();
}

describe("the last message that Claude goes on with", () => {
  const sent = (text: string) => prefillMessages(continued(text)).map(({ content }) => content);
  for (const [text, expected] of [
    ["One river", "One river"],
    ["One river ", "One river"],
    ["One \r\n\t \u00a0\u2003\ufeff", "One"],
    ["One\u0085\u001c", "One"],
    ["  One", "  One"],
  ] as const) {
    it(`of ${JSON.stringify(text)} does not end in white space`, () => {
      assert.deepEqual(sent(text), [[{ type: "text", text: expected }]]);
    });
  }
  it("is not there where nothing but white space was written, or nothing is gone on with", () => {
    assert.deepEqual(sent(" \n"), []);
    assert.deepEqual(prefillMessages(undefined), []);
  });
  it("is found at once in a text of a million spaces", () => {
    assert.deepEqual(sent(`a${" ".repeat(1_000_000)}`), [[{ type: "text", text: "a" }]]);
  });
});

describe("the seam behind a prefill", () => {
  for (const [text, back, expected] of [
    ["One ", [" two"], "One two"],
    ["One \n", [" ", "\n", "two"], "One \ntwo"],
    ["One\r", ["\r\ntwo"], "One\r\ntwo"],
    ["One\r\n", ["\n\ntwo"], "One\r\n\n\ntwo"],
    ["One ", ["two"], "One two"],
    ["One \n", [" two"], "One \ntwo"],
    ["One ", ["\ntwo"], "One \ntwo"],
    ["One ", ["  two"], "One  two"],
    ["One ", ["", " ", "", " two"], "One  two"],
    ["One ", [], "One "],
    ["One", [" two"], "One two"],
    [" \n", [" \nOne"], " \nOne"],
  ] as const) {
    it(`of ${JSON.stringify(text)} and ${JSON.stringify(back)} is ${JSON.stringify(expected)}`, () =>
      assert.equal(joined(text, back), expected));
  }

  const unit = fc.constantFrom("a", " ", "\n", "\r", "\t", "🙂");
  const anyText = fc.string({ unit, minLength: 1, maxLength: 20 });

  it("keeps every character of what was written before, and all that is no white space", () => {
    fc.assert(
      fc.property(anyText, anyText, fc.array(fc.nat(20), { maxLength: 4 }), (text, back, cuts) => {
        const whole = joined(text, chop(back, cuts));
        assert.ok(whole.startsWith(text));
        assert.ok(back.endsWith(whole.slice(text.length)));
        assert.equal(whole.replace(/\s/g, ""), (text + back).replace(/\s/g, ""));
        assert.equal(whole, joined(text, [back]), "however it comes");
      }),
    );
  });

  it("finds a stop sequence that begins in white space which was left out", () => {
    assert.equal(joined("One\n", ["\n\nTwo", " three"], ["\n\nTwo"]), "One\n");
  });
});
