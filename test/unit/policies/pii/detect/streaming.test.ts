import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { piiEntities } from "../../../../../server/core/pii-entities.ts";
import type { Finding } from "../../../../../server/policies/pii/scan.ts";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";
import { anyText } from "./any-text.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const numRuns = isLong ? 100_000 : 3_000;
const regions = ["US", "DE", "GB", "ES"] as const;
const scanners = new Map(
  regions.map((defaultRegion) => [
    defaultRegion,
    createScanner({ entities: piiEntities, defaultRegion }),
  ]),
);
const guide = createScanner({
  entities: ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"],
  defaultRegion: "US",
});
const anyScanner = fc.constantFrom(guide, ...scanners.values());

test("what is settled at any prefix of a text is what the whole text has there", () => {
  fc.assert(
    fc.property(
      anyScanner,
      anyText,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (scanner, text, share) => {
        const prefix = text.slice(0, Math.floor(share * (text.length + 1)));
        const settled = scanner.settledBefore(prefix);
        assert.deepEqual(
          before(scanner.scan(text), settled),
          before(scanner.scan(prefix), settled),
        );
      },
    ),
    { numRuns },
  );
});

test("what is settled ends neither inside a finding nor inside a surrogate pair", () => {
  fc.assert(
    fc.property(anyScanner, anyText, fc.nat(), (scanner, text, cut) => {
      const settled = scanner.settledBefore(text.slice(0, cut % (text.length + 1)));
      const straddling = scanner
        .scan(text)
        .find(({ start, end }) => start < settled && settled < end);
      assert.equal(straddling, undefined);
      assert.ok(!isInsidePair(text, settled));
    }),
    { numRuns },
  );
});

test("a scan from where an earlier one was settled finds the rest, with only so much context before it", () => {
  fc.assert(
    fc.property(anyScanner, anyText, anyText, fc.nat(), (scanner, start, rest, further) => {
      const text = start + rest;
      const from = scanner.settledBefore(start);
      const cut = Math.max(0, from - scanner.contextLength - (further % 3));
      const found = scanner.scan(text.slice(cut), from - cut);
      const moved = found.map((finding) => moveBy(finding, cut));
      const expected = scanner.scan(text).filter((finding) => finding.start >= from);
      assert.deepEqual(moved, expected);
    }),
    { numRuns },
  );
});

function before(findings: readonly Finding[], offset: number): readonly Finding[] {
  return findings.filter(({ start }) => start < offset);
}

function moveBy({ entity, start, end }: Finding, offset: number): Finding {
  return { entity, start: start + offset, end: end + offset };
}

function isInsidePair(text: string, offset: number): boolean {
  return (
    /^[\udc00-\udfff]/.test(text.slice(offset)) && /[\ud800-\udbff]$/.test(text.slice(0, offset))
  );
}
