import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { piiEntities } from "../../../../server/core/pii-entities.ts";
import { createQuietScanner } from "../../../../server/policies/pii/quiet-scanner.ts";
import { createScanner } from "../../../../server/policies/pii/scanner.ts";
import { personalTexts } from "../../../fakes/personal-texts.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const numRuns = isLong ? 50_000 : 400;

/** What values begin with, stand behind and are joined by, without a digit or an at sign. */
const quietParts = [
  ..."card|ssn|call|mail|jane.doe|(|(+|+|-|--|.|/|:|://|http://|www.|a.example|www.a.example/b|fe|::|IX|A|b|, |; | |  |\n|!|_|%|npi|zip".split(
    "|",
  ),
];
const quietTexts = fc
  .array(fc.constantFrom(...quietParts), { maxLength: 14 })
  .map((parts) => parts.join(""));

const sets = [
  ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"],
  ...piiEntities.map((entity) => [entity]),
  piiEntities,
];

describe("a scanner that does not begin where nothing can be", () => {
  for (const entities of sets) {
    it(`finds and lets go what the other does: ${entities.join(", ")}`, () => {
      const options = { entities, defaultRegion: "DE" };
      const [quiet, other] = [createQuietScanner(options), createScanner(options)];
      assert.equal(quiet.contextLength, other.contextLength);
      fc.assert(
        fc.property(fc.oneof(quietTexts, personalTexts), fc.nat(40), (text, before) => {
          const from = Math.min(before, text.length);
          assert.deepEqual(quiet.scan(text), other.scan(text));
          assert.deepEqual(quiet.scan(text, from), other.scan(text, from));
          assert.equal(quiet.settledBefore(text), other.settledBefore(text));
        }),
        { numRuns },
      );
    });
  }
});
