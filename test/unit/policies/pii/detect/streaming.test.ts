import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type PiiEntity, piiEntities } from "../../../../../server/core/pii-entities.ts";
import type { Finding } from "../../../../../server/policies/pii/scan.ts";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";
import { anyText } from "./any-text.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const numRuns = isLong ? 100_000 : 2_000;
const regions = ["US", "DE", "ES"] as const;
const guide = ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"] as const;
/** Each entity alone, lest others hide what it gets wrong, and together. */
const sets: readonly (readonly PiiEntity[])[] = [
  guide,
  piiEntities,
  ...piiEntities.map((entity) => [entity]),
];
const anyScanner = fc.constantFrom(
  ...regions.flatMap((defaultRegion) =>
    sets.map((entities) => createScanner({ entities, defaultRegion })),
  ),
);

test("what is settled at any prefix of a text is what the whole text has there", () => {
  const property = fc.property(anyScanner, anyText, (scanner, text) => {
    const whole = scanner.scan(text);
    for (let cut = 0; cut <= text.length; cut++) {
      const prefix = text.slice(0, cut);
      const settled = scanner.settledBefore(prefix);
      assert.deepEqual(before(scanner.scan(prefix), settled), before(whole, settled));
      assert.ok(
        !whole.some(({ start, end }) => start < settled && settled < end),
        "inside a finding",
      );
      assert.ok(!isInsidePair(text, settled), "inside a surrogate pair");
    }
  });
  fc.assert(property, { numRuns });
});

test("half a pair behind a whole one is not settled in the middle of that one", () => {
  const text = `\u{1d7d2}\udfd2202100002177777777777777777777777777777777777777776304000000000000`;
  for (const scanner of sets.map((entities) => createScanner({ entities, defaultRegion: "US" }))) {
    for (let cut = 0; cut <= text.length; cut++) {
      assert.notEqual(scanner.settledBefore(text.slice(0, cut)), 1);
    }
  }
});

test("a scan from where an earlier one was settled finds the rest, with only so much context before it", () => {
  const property = fc.property(
    anyScanner,
    anyText,
    anyText,
    fc.nat(2),
    (scanner, start, rest, more) => {
      const text = start + rest;
      const from = scanner.settledBefore(start);
      const cut = Math.max(0, from - scanner.contextLength - more);
      const found = scanner.scan(text.slice(cut), from - cut);
      const moved = found.map((finding) => moveBy(finding, cut));
      assert.deepEqual(
        moved,
        scanner.scan(text).filter((finding) => finding.start >= from),
      );
    },
  );
  fc.assert(property, { numRuns });
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
