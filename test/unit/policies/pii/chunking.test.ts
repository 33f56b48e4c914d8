import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { piiEntities } from "../../../../server/core/pii-entities.ts";
import { createJsonRewriter, rewriteJson } from "../../../../server/policies/pii/json-rewriter.ts";
import { createPseudonyms, tagsOf } from "../../../../server/policies/pii/pseudonyms.ts";
import type { Rewriter, Rewriting } from "../../../../server/policies/pii/rewriter.ts";
import { createScanner } from "../../../../server/policies/pii/scanner.ts";
import { createTextRewriter, rewriteText } from "../../../../server/policies/pii/text-rewriter.ts";
import { createTokenScanner } from "../../../../server/policies/pii/token-scanner.ts";
import { sampleCall } from "../../../fakes/calls.ts";
import { cutUp } from "../../../fakes/cut-up.ts";
import { personalTexts, pieceLengths } from "../../../fakes/personal-texts.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const numRuns = isLong ? 100_000 : 1000;

/** Puts labels in the place of these. */
function labelling(entities: readonly string[]): Rewriting {
  const scanner = createScanner({ entities, defaultRegion: "US" });
  return { scanner, replace: ({ entity }) => `[${entity}]` };
}

const sets = [
  ["the guide's four", labelling(["SSN", "CREDIT_CARD", "EMAIL", "PHONE"])],
  ["every entity", labelling(piiEntities)],
] as const;

/** Pushes every piece; none that leaves may end in half a character that the text itself has whole. */
function stream(rewriter: Rewriter, pieces: readonly string[], isWellFormed: boolean): string {
  let all = "";
  const take = (left: string) => {
    if (isWellFormed) assert.ok(left.isWellFormed(), "half a surrogate pair left alone");
    all += left;
  };
  for (const piece of pieces) take(rewriter.push(piece));
  take(rewriter.flush());
  return all;
}

describe(`an answer in pieces (${numRuns} random ones)`, () => {
  for (const [name, rewriting] of sets) {
    it(`is redacted as the whole would be, wherever it is cut: ${name}`, () => {
      fc.assert(
        fc.property(personalTexts, pieceLengths, (text, lengths) => {
          const whole = rewriteText(text, rewriting);
          const pieces = cutUp(text, lengths);
          const streamed = stream(createTextRewriter(rewriting), pieces, text.isWellFormed());
          assert.equal(streamed, whole);
        }),
        { numRuns },
      );
    });

    it(`is redacted as the whole would be where it is JSON, and stays JSON: ${name}`, () => {
      const numbers = fc.constantFrom(123456789, 4111111111111111, -1.5, true);
      const names = fc.oneof(personalTexts, fc.constantFrom("ssn", "card"));
      const objects = fc.dictionary(names, fc.oneof(personalTexts, numbers), { maxKeys: 4 });
      fc.assert(
        fc.property(objects, fc.boolean(), pieceLengths, (value, isEscaped, lengths) => {
          const json = isEscaped ? escaped(JSON.stringify(value)) : JSON.stringify(value);
          const whole = rewriteJson(json, rewriting);
          JSON.parse(whole);
          const pieces = cutUp(json, lengths);
          assert.equal(stream(createJsonRewriter(rewriting), pieces, json.isWellFormed()), whole);
        }),
        { numRuns },
      );
    });
  }

  it("gets its values back as the whole would, wherever it is cut", () => {
    const call = sampleCall();
    fc.assert(
      fc.property(fc.array(personalTexts, { maxLength: 4 }), pieceLengths, (values, lengths) => {
        const pseudonyms = createPseudonyms(tagsOf(Buffer.from("secret"), call));
        const tokens = values.map((value) => pseudonyms.tokenFor("EMAIL", value));
        const restoring: Rewriting = {
          scanner: createTokenScanner((token) => pseudonyms.valueOf(token) !== undefined),
          replace: (_, token) => pseudonyms.valueOf(token),
        };
        const text = tokens.flatMap((token, at) => [token, values[at - 1] ?? "⟦", token]).join(" ");
        const streamed = stream(createTextRewriter(restoring), cutUp(text, lengths), false);
        assert.equal(streamed, rewriteText(text, restoring));
        const json = JSON.stringify({ [text]: text });
        const inJson = stream(createJsonRewriter(restoring), cutUp(json, lengths), false);
        assert.deepEqual(JSON.parse(inJson), { [streamed]: streamed });
      }),
      { numRuns: numRuns / 4 },
    );
  });
});

/** Some of the characters of JSON's strings as escapes. */
function escaped(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (literal) =>
    literal.replace(/\\u[0-9a-f]{4}|\\.|[@0-9⟦]/g, (unit) =>
      unit.length > 1 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}
