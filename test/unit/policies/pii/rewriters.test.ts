import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createJsonRewriter, rewriteJson } from "../../../../server/policies/pii/json-rewriter.ts";
import { mask } from "../../../../server/policies/pii/mask.ts";
import type { Rewriter, Rewriting } from "../../../../server/policies/pii/rewriter.ts";
import { createTextRewriter, rewriteText } from "../../../../server/policies/pii/text-rewriter.ts";
import { cutUp } from "../../../fakes/cut-up.ts";
import { runScanner } from "../../../fakes/run-scanner.ts";

const labelling: Rewriting = { scanner: runScanner, replace: ({ entity }) => `[${entity}]` };

/** Pushes every piece, then flushes. */
function stream(rewriter: Rewriter, pieces: readonly string[]): string {
  return pieces.map((piece) => rewriter.push(piece)).join("") + rewriter.flush();
}

describe("text that is rewritten piece by piece", () => {
  const text = "write to jane@corp.example, ssn 123456789 or 123-45-6789. done";
  const redacted = "write to [EMAIL], ssn [SSN] or 123-45-6789. done";

  it("is what the whole becomes, cut anywhere into two and three", () => {
    assert.equal(rewriteText(text, labelling), redacted);
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second += 7) {
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        assert.equal(stream(createTextRewriter(labelling), pieces), redacted, pieces.join("|"));
      }
    }
  });

  it("leaves as soon as it can no longer be part of a finding, and not before", () => {
    const rewriter = createTextRewriter(labelling);
    const left = ["Mail ja", "ne@co", "rp.example", " now", " please"].map(rewriter.push);
    assert.deepEqual(left, ["Mail ", "", "", "[EMAIL] ", "now "]);
    assert.equal(rewriter.flush(), "please");
  });

  it("knows what stood before in its original characters", () => {
    const rewriter = createTextRewriter(labelling);
    assert.equal(rewriter.push("ssn a@b "), "ssn [EMAIL] ");
    assert.equal(rewriter.push("123456789 "), "[SSN] ");
    assert.equal(rewriter.push("and then 123456789 "), "and then 123456789 ");
  });

  it("does not let a value pass that a flush cut in two", () => {
    const rewriter = createTextRewriter(labelling);
    assert.equal(rewriter.push("it is 123-45-"), "it is ");
    assert.equal(rewriter.flush(), "123-45-");
    assert.equal(rewriter.push("6789 ok "), "[SSN] ok ");
    assert.equal(rewriter.push("123-45-6789 "), "[SSN] ");
  });

  it("never leaves with half a surrogate pair", () => {
    const rewriter = createTextRewriter({
      ...labelling,
      scanner: { ...runScanner, settledBefore: (all) => Math.max(0, all.length - 3) },
    });
    for (const piece of [..."ab🙂cd🙂🙂e"].flatMap((each) => each.split(""))) rewriter.push(piece);
    assert.ok(rewriter.flush().isWellFormed());
  });

  it("asks for a replacement once for each finding", () => {
    let asked = 0;
    const counting: Rewriting = { ...labelling, replace: () => `#${++asked}` };
    const left = stream(createTextRewriter(counting), [..."a@b c@d e@f"]);
    assert.equal(left, "#1 #2 #3");
  });

  it("fails rather than holding without a limit", () => {
    const stuck: Rewriting = { ...labelling, scanner: { ...runScanner, settledBefore: () => 0 } };
    const rewriter = createTextRewriter(stuck);
    assert.throws(() => rewriter.push("x".repeat(65_537)), /settles nothing/);
  });
});

describe("JSON that is rewritten piece by piece", () => {
  for (const [name, json, expected] of [
    ["a string", '{"to":"a@b"}', '{"to":"[EMAIL]"}'],
    ["the name of a value", '{"a@b":1}', '{"[EMAIL]":1}'],
    [
      "an escape",
      '{"to":"a\\u0040b","x":"\\n\\"a@b\\""}',
      '{"to":"[EMAIL]","x":"\\n\\"[EMAIL]\\""}',
    ],
    ["a number, by the name before it", '{"ssn":123456789}', '{"ssn":"[SSN]"}'],
    ["a number like any other", '{"sum":123456789,"e":-1.5e3}', '{"sum":123456789,"e":-1.5e3}'],
    ["numbers in a list", '{"ssn":[123456789,12]}', '{"ssn":["[SSN]",12]}'],
    ["an escape that is none", '{"x":"\\q a@b \\u00zz"}', '{"x":"\\q [EMAIL] \\u00zz"}'],
    ["what is no JSON", "{to: a@b}", '{to: "[EMAIL]"}'],
    ["what was cut off", '{"to":"a@b', '{"to":"[EMAIL]'],
    ["a number that was cut off", '{"ssn":123456789', '{"ssn":"[SSN]"'],
    ["nothing", "", ""],
    [
      "characters beyond the first plane",
      '{"🙂":"\\ud83d\\ude42 a@b"}',
      '{"🙂":"\\ud83d\\ude42 [EMAIL]"}',
    ],
  ] as const) {
    it(`finds its way through ${name}, cut anywhere`, () => {
      assert.equal(rewriteJson(json, labelling), expected);
      for (let cut = 0; cut <= json.length; cut++) {
        const pieces = [json.slice(0, cut), json.slice(cut)];
        assert.equal(stream(createJsonRewriter(labelling), pieces), expected, pieces.join("|"));
      }
      assert.equal(stream(createJsonRewriter(labelling), json.split("")), expected);
    });
  }

  it("writes into a string what a string can hold", () => {
    const quoting: Rewriting = { ...labelling, replace: () => 'say "hi"\\\n' };
    const written = rewriteJson('{"a":"x a@b y","ssn":123456789}', quoting);
    assert.deepEqual(JSON.parse(written), { a: 'x say "hi"\\\n y', ssn: 'say "hi"\\\n' });
  });

  it("leaves numbers alone where it is told to", () => {
    const json = '{"ssn":123456789,"to":"a@b"}';
    const written = rewriteJson(json, labelling, { keepsNumbers: true });
    assert.equal(written, '{"ssn":123456789,"to":"[EMAIL]"}');
  });

  it("leaves as it is what nobody replaces", () => {
    const json = '{"ssn":123456789,"to":"a\\u0040b"}';
    assert.equal(rewriteJson(json, { ...labelling, replace: () => undefined }), json);
  });

  it("knows when it is over", () => {
    const rewriter = createJsonRewriter(labelling);
    const over = ['{"a":', '"}"', ",[", "]", "}"].map((piece) => {
      rewriter.push(piece);
      return rewriter.isWhole;
    });
    assert.deepEqual(over, [false, false, false, false, true]);
  });

  it("stays JSON that says the same but for what was found", () => {
    const leaf = fc.oneof(fc.constantFrom("a@b", "123-45-6789", "ssn", 123456789), fc.jsonValue());
    fc.assert(
      fc.property(fc.dictionary(fc.string(), leaf), fc.array(fc.nat(40)), (value, cuts) => {
        const json = JSON.stringify(value);
        const whole = rewriteJson(json, labelling);
        JSON.parse(whole);
        const pieces = cutUp(json, cuts);
        assert.equal(stream(createJsonRewriter(labelling), pieces), whole);
        if (runScanner.scan(json).length === 0 && !json.includes("\\")) assert.equal(whole, json);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a masked value", () => {
  for (const [value, masked] of [
    ["123-45-6789", "***-**-6789"],
    ["4111 1111 1111 1111", "**** **** **** 1111"],
    ["jane.doe@corp.example", "****.***@****.***mple"],
    ["02139", "***39"],
    ["7", "*"],
    ["", ""],
    ["Ünï@münchen.example", "***@*******.***mple"],
    ["𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡", "*****𝟞𝟟𝟠𝟡"],
  ] as const) {
    it(`is ${masked} for ${value}`, () => assert.equal(mask(value), masked));
  }
});
