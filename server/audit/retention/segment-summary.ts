/** What is left of a segment that was shredded: enough to follow the chain past it. */
export interface SegmentSummary {
  readonly writer: string;
  readonly segment: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstEpochMs: number;
  readonly lastEpochMs: number;
  /** The hash of its last record, in hex, which the next record names as the one before. */
  readonly lastRecord: string;
  readonly lastHead: number;
  /** The hash of its last head, in hex. */
  readonly lastHeadHash: string;
  /** The root over all of it, in hex: whoever kept a record and its path can still show that it was there. */
  readonly root: string;
  /** Where it was exported to; empty where it was not. */
  readonly exportedTo: string;
  /** Summaries are numbered in the order in which segments were shredded, from 1. */
  readonly number: number;
  /** The hash of the summary before, in hex; empty for the first. */
  readonly previous: string;
}

export function encodeSummary(summary: SegmentSummary): Buffer {
  return Buffer.from(JSON.stringify(summary));
}

/** Undefined when the bytes are none. */
export function decodeSummary(bytes: Buffer): SegmentSummary | undefined {
  try {
    const summary = JSON.parse(bytes.toString());
    const isWhole =
      numbers.every((name) => Number.isSafeInteger(summary[name])) &&
      texts.every((name) => typeof summary[name] === "string");
    return isWhole ? summary : undefined;
  } catch {
    return undefined;
  }
}

const numbers: readonly (keyof SegmentSummary)[] = [
  "segment",
  "firstSequence",
  "lastSequence",
  "firstEpochMs",
  "lastEpochMs",
  "lastHead",
  "number",
];

const texts: readonly (keyof SegmentSummary)[] = [
  "writer",
  "lastRecord",
  "lastHeadHash",
  "root",
  "exportedTo",
  "previous",
];
