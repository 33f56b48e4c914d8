import { createHash } from "node:crypto";
import type { AuditStore, StoredSegment, WrappedKey } from "../../core/audit-store.ts";
import { type ClosedSegment, mostChains } from "../segments/closed-segments.ts";
import { headRows, recordRows } from "../verifying/record-pages.ts";

/** Which part of the log: segments that have begun before its end, and had not ended before its beginning. */
export interface ExportRange {
  readonly fromEpochMs: number;
  /** Exclusive. */
  readonly toEpochMs: number;
}

/** The first line's name of this form. */
export const exportForm = "axonflow-audit-export/1";

/** Lines are given in pieces of about this many characters. */
const pieceCharacters = 64 * 1024;

/**
 * A copy of a part of the log as lines of JSON: first the form's name, then for each segment what it is, its wrapped keys, its
 * records and its heads, bytes in base64. The last line counts the lines before it and has the SHA-256 of all of them, so that
 * a copy that ends early can be told from one that was changed.
 */
export async function* exportLines(
  store: AuditStore,
  range: ExportRange,
): AsyncGenerator<string, void, undefined> {
  const segments = await store.segments();
  const wanted = segments.filter((each) => isWithin(each, segments, range));
  yield* linesOf(range, async function* () {
    for (const segment of wanted) yield* contentsOf(store, segment, endOf(segment, segments));
  });
}

/** The same of one closed segment: it gives the same pieces each time. */
export function segmentLines(
  store: AuditStore,
  { row, lastSequence }: ClosedSegment,
): AsyncGenerator<string, void, undefined> {
  const { writer, number: segment } = row;
  return linesOf({ writer, segment }, () => contentsOf(store, row, lastSequence));
}

async function* linesOf(
  about: object,
  contents: () => AsyncGenerator<object>,
): AsyncGenerator<string, void, undefined> {
  const hash = createHash("sha256");
  let lines = 0;
  let piece = "";
  const add = (content: object) => {
    const line = `${JSON.stringify(content)}\n`;
    hash.update(line);
    piece += line;
    lines += 1;
  };
  add({ form: exportForm, ...about });
  for await (const content of contents()) {
    add(content);
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}${JSON.stringify({ end: { lines, sha256: hash.digest("hex") } })}\n`;
}

function isWithin(
  { writer, number, startEpochMs }: StoredSegment,
  segments: readonly StoredSegment[],
  { fromEpochMs, toEpochMs }: ExportRange,
): boolean {
  const next = segments.find((other) => other.writer === writer && other.number === number + 1);
  const endEpochMs = next?.startEpochMs ?? Number.POSITIVE_INFINITY;
  return startEpochMs < toEpochMs && endEpochMs >= fromEpochMs;
}

/** The last sequence of a segment that ends, as far as the segment after it tells. */
function endOf({ writer, number }: StoredSegment, segments: readonly StoredSegment[]): number {
  const next = segments.find((other) => other.writer === writer && other.number === number + 1);
  return next ? next.firstSequence - 1 : Number.POSITIVE_INFINITY;
}

async function* contentsOf(
  store: AuditStore,
  segment: StoredSegment,
  end: number,
): AsyncGenerator<object> {
  const { writer, number, firstSequence, startEpochMs, summary } = segment;
  const left = summary && { summary: summary.toString("base64") };
  yield { segment: { writer, number, firstSequence, startEpochMs, ...left } };
  if (summary) return;
  const { keys, lastSequence } = await momentOf(store, segment, end);
  for (const key of keys) {
    yield { key: { writer, segment: number, number: key.number, bytes: base64(key.bytes) } };
  }
  const records = recordRows(store, writer, firstSequence);
  const takeRecord = async () => {
    const row = await records.take();
    // The segment after it may have begun since segments were listed.
    const isOwn = row?.segment === number || Number.isFinite(end);
    return row && isOwn && row.sequence <= lastSequence ? row : undefined;
  };
  for (let row = await takeRecord(); row; row = await takeRecord()) {
    yield { record: { ...row, bytes: base64(row.bytes) } };
  }
  const firstHead = await store.headOver(writer, firstSequence);
  const heads = headRows(store, writer, firstHead?.number ?? 1);
  const takeHead = async () => {
    const row = await heads.take();
    return row && row.segment === number && row.lastSequence <= lastSequence ? row : undefined;
  };
  for (let row = await takeHead(); row; row = await takeHead()) {
    yield { head: { ...row, bytes: base64(row.bytes) } };
  }
}

/** A segment that grows meanwhile is copied as it is at one moment: its keys are those of the records up to one head. */
async function momentOf(
  store: AuditStore,
  { writer, number }: StoredSegment,
  end: number,
): Promise<{ readonly keys: readonly WrappedKey[]; readonly lastSequence: number }> {
  for (;;) {
    const keys = await store.keys(writer, number);
    if (Number.isFinite(end)) return { keys, lastSequence: end };
    const head = (await store.lastHeads(mostChains)).find((each) => each.writer === writer);
    const isSame = (await store.keys(writer, number)).length === keys.length;
    if (isSame) return { keys, lastSequence: head?.lastSequence ?? 0 };
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64");
}
