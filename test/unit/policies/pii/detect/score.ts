import { type PiiEntity, piiEntities } from "../../../../../server/core/pii-entities.ts";
import { createScanner } from "../../../../../server/policies/pii/scanner.ts";
import { type Example, readCorpus } from "../../../../fixtures/pii/read-corpus.ts";

/** How a detector did on the examples of its entity. */
export interface Score {
  readonly entity: PiiEntity;
  /** Values that have to be found, and texts in which nothing may be. */
  readonly positives: number;
  readonly negatives: number;
  /** Of the values, how many were found, from their first character to their last. */
  readonly recall: number;
  /** Of all that was found, how much was a value. */
  readonly precision: number;
  /** What was missed and what was found wrongly, for people. */
  readonly mistakes: readonly string[];
}

/** The entities of the guide's own policy. */
export const guideEntities = ["SSN", "CREDIT_CARD", "EMAIL", "PHONE"] as const;

/** Puts one entity's examples to its detector, beside `others` that look at the same texts. */
export function scoreOf(entity: PiiEntity, others: readonly PiiEntity[] = []): Score {
  const entities = [...new Set([entity, ...others])];
  const examples = readCorpus(entity);
  let found = 0;
  let right = 0;
  const mistakes: string[] = [];
  for (const example of examples) {
    const wanted = example.values.map(({ start, end }) => example.text.slice(start, end));
    const places = new Set(example.values.map(({ start, end }) => `${start}-${end}`));
    const got = findingsOf(example, entity, entities);
    const correct = got.filter(({ start, end }) => places.has(`${start}-${end}`)).length;
    found += got.length;
    right += correct;
    if (correct === got.length && correct === wanted.length) continue;
    const texts = got.map(({ start, end }) => example.text.slice(start, end));
    mistakes.push(
      `${example.claim}: ${show(example.text)} has ${show(wanted)}, not ${show(texts)}`,
    );
  }
  const positives = examples.reduce((sum, { values }) => sum + values.length, 0);
  const negatives = examples.filter(({ values }) => values.length === 0).length;
  const recall = right / positives;
  return { entity, positives, negatives, recall, precision: right / found, mistakes };
}

/** The table that `node bench/pii/recall.ts` prints and that docs/detectors.md shows. */
export function recallTable(): string {
  const rows = piiEntities.map((entity) => {
    const { positives, negatives, recall, precision } = scoreOf(entity);
    return [entity, `${positives}`, `${negatives}`, percent(recall), percent(precision)];
  });
  const head = ["entity", "values", "texts without", "recall", "precision"];
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const rule = widths.map(
    (width, at) => "-".repeat(at === 0 ? width : width - 1) + (at === 0 ? "" : ":"),
  );
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function findingsOf(
  { text, defaultRegion }: Example,
  entity: PiiEntity,
  entities: readonly PiiEntity[],
) {
  const { scan } = createScanner({ entities, defaultRegion });
  return scan(text).filter((finding) => finding.entity === entity);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function show(value: unknown): string {
  return JSON.stringify(value);
}
