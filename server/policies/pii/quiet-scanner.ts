import type { PiiEntity } from "../../core/pii-entities.ts";
import { openFrom, type Span } from "./detector.ts";
import { createDetector } from "./detectors/detectors.ts";
import type { MakeScanner } from "./rule-book.ts";
import type { Finding, Scanner } from "./scan.ts";
import { createScanner } from "./scanner.ts";

/**
 * The scanner, which does not begin its work where there is none: most of what models write has neither a digit nor an
 * at sign, and no value of most entities is without one. What it finds and what it lets go are the same.
 */
export const createQuietScanner: MakeScanner = (options) => {
  const scanner = createScanner(options);
  const entities = options.entities as readonly PiiEntity[];
  if (!entities.every((entity) => figured.has(entity))) return scanner;
  return quiet(
    scanner,
    entities.map((entity) => createDetector(entity, options.defaultRegion).span),
  );
};

function quiet(scanner: Scanner, spans: readonly Span[]): Scanner {
  return {
    contextLength: scanner.contextLength,
    scan: (text, from = 0) => (mayHold(text, from) ? scanner.scan(text, from) : nothing),
    settledBefore(text) {
      if (mayHold(text, 0)) return scanner.settledBefore(text);
      let open = text.length;
      for (const span of spans) open = Math.min(open, openFrom(text, span));
      return open;
    },
  };
}

/** Entities without a value that has neither a digit nor an at sign. `quiet-scanner.test.ts` holds it. */
const figured: ReadonlySet<PiiEntity> = new Set<PiiEntity>([
  "CREDIT_CARD",
  "SSN",
  "US_ITIN",
  "EMAIL",
  "PHONE",
  "NPI",
  "ABA_ROUTING",
  "ZIP",
]);

const nothing: readonly Finding[] = [];

function mayHold(text: string, from: number): boolean {
  telling.lastIndex = from;
  return telling.test(text);
}

/** Digits, the at sign, and whatever is not ASCII, for that may be read as either. */
const telling = /[^\0-/:-?A-\x7f]/g;
