import { type PiiEntity, piiEntities } from "../../core/pii-entities.ts";
import { type Detector, openFrom } from "./detector.ts";
import { createDetector } from "./detectors/detectors.ts";
import type { Finding, Scanner } from "./scan.ts";
import { contextLength, createSubject, type Subject } from "./subject.ts";

/** What to look for. */
export interface ScannerOptions {
  /** Names of `piiEntities`. */
  readonly entities: readonly string[];
  /** Where telephone numbers without a country code are from, as ISO 3166-1 alpha-2. */
  readonly defaultRegion: string;
}

/** Makes a scanner; throws for an entity or a region that does not exist. It keeps nothing of what it reads. */
export function createScanner({ entities, defaultRegion }: ScannerOptions): Scanner {
  const detectors = entities.map((entity) => createDetector(asEntity(entity), defaultRegion));
  return {
    contextLength,
    scan: (text, from = 0) => findAll(detectors, createSubject(text), from),
    settledBefore(text) {
      const whole = isHalf(text) ? text.slice(0, -1) : text;
      const subject = createSubject(whole);
      const { length } = subject.text;
      const open = Math.min(length, ...detectors.map(({ span }) => openFrom(subject.text, span)));
      const offset = open === length ? whole.length : subject.reading.originalAt(open);
      return outsideFindings(detectors, subject, outsidePair(text, offset));
    },
  };
}

/** The name as one of `piiEntities`. */
function asEntity(name: string): PiiEntity {
  const entity = piiEntities.find((known) => known === name);
  if (entity === undefined) throw new Error(`no such entity: ${name}`);
  return entity;
}

function findAll(detectors: readonly Detector[], subject: Subject, from: number): Finding[] {
  const { reading } = subject;
  const candidates: Finding[] = [];
  for (const { entity, find } of detectors) {
    find(subject, (first, last) => {
      const start = reading.originalAt(first);
      if (start >= from) candidates.push({ entity, start, end: reading.originalEnd(last) });
    });
  }
  return withoutOverlaps(candidates);
}

function withoutOverlaps(candidates: Finding[]): Finding[] {
  let end = 0;
  return candidates.sort(precedence).filter((candidate) => {
    if (candidate.start < end) return false;
    end = candidate.end;
    return true;
  });
}

/** Leftmost, then longest, then in the order of `piiEntities`. */
function precedence(one: Finding, two: Finding): number {
  return one.start - two.start || two.end - one.end || rankOf(one) - rankOf(two);
}

function rankOf({ entity }: Finding): number {
  return ranks.get(entity) ?? ranks.size;
}

const ranks: ReadonlyMap<string, number> = new Map(
  piiEntities.map((entity, rank) => [entity, rank]),
);

/** An offset that is inside a finding moves to where that starts. */
function outsideFindings(detectors: readonly Detector[], subject: Subject, offset: number): number {
  const straddling = findAll(detectors, subject, 0).find(
    ({ start, end }) => start < offset && offset < end,
  );
  return straddling?.start ?? offset;
}

/** An offset between the halves of a surrogate pair moves before it. A second half without its first is no pair. */
function outsidePair(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  const isSecond = unit >= 0xdc00 && unit <= 0xdfff;
  return isSecond && isHalf(text.slice(0, offset)) ? offset - 1 : offset;
}

/** Whether half a surrogate pair is at the end. */
function isHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
