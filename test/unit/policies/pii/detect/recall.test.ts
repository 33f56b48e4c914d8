import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PiiEntity, piiEntities } from "../../../../../server/core/pii-entities.ts";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";
import {
  createTextRewriter,
  rewriteText,
} from "../../../../../server/policies/pii/text-rewriter.ts";
import { readCorpus } from "../../../../fixtures/pii/read-corpus.ts";
import { guideEntities, recallTable, scoreOf } from "./score.ts";

const isGuides = (entity: PiiEntity) => guideEntities.some((guide) => guide === entity);

describe("the project's own examples of personal data", () => {
  for (const entity of piiEntities) {
    const least = isGuides(entity) ? 60 : 25;
    const { positives, negatives, mistakes } = scoreOf(entity);

    it(`are at least ${least} values of ${entity} and ${least} texts that only look like it`, () => {
      assert.ok(positives >= least, `${positives} values`);
      assert.ok(negatives >= least, `${negatives} texts`);
    });
    it(`are different texts: ${entity}`, () => {
      const texts = readCorpus(entity).map(({ text, defaultRegion }) => defaultRegion + text);
      assert.deepEqual(
        texts.filter((text, at) => texts.indexOf(text) !== at),
        [],
      );
    });
    it(`are found, each whole, and nothing else is: ${entity}`, () => {
      assert.deepEqual(mistakes, []);
    });
    it(`are found a character at a time as well: ${entity}`, () => {
      for (const { text, defaultRegion } of readCorpus(entity)) {
        const scanner = createScanner({ entities: [entity], defaultRegion });
        const rewriting = { scanner, replace: () => `[${entity}]` };
        const rewriter = createTextRewriter(rewriting);
        const left = text.split("").map((unit) => rewriter.push(unit));
        assert.equal(left.join("") + rewriter.flush(), rewriteText(text, rewriting));
      }
    });
  }

  for (const entity of guideEntities) {
    it(`are found as well where the guide's four are looked for together: ${entity}`, () => {
      assert.deepEqual(scoreOf(entity, guideEntities).mistakes, []);
    });
  }

  it("have a table of recall and precision", (t) => {
    const table = recallTable();
    for (const line of table.split("\n")) t.diagnostic(line);
    for (const entity of piiEntities) assert.ok(table.includes(entity));
  });
});
