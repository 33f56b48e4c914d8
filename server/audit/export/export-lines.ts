import { createHash } from "node:crypto";
import type { AuditStore, StoredSegment } from "../../core/audit-store.ts";
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
  const hash = createHash("sha256");
  let lines = 0;
  let piece = "";
  const add = (content: object) => {
    const line = `${JSON.stringify(content)}\n`;
    hash.update(line);
    piece += line;
    lines += 1;
  };
  add({ form: exportForm, ...range });
  const segments = await store.segments();
  for (const segment of segments.filter((each) => isWithin(each, segments, range))) {
    for await (const content of contentsOf(store, segment, segments)) {
      add(content);
      if (piece.length < pieceCharacters) continue;
      yield piece;
      piece = "";
    }
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

async function* contentsOf(
  store: AuditStore,
  segment: StoredSegment,
  segments: readonly StoredSegment[],
): AsyncGenerator<object> {
  const { writer, number, firstSequence, startEpochMs, summary } = segment;
  const left = summary && { summary: summary.toString("base64") };
  yield { segment: { writer, number, firstSequence, startEpochMs, ...left } };
  if (summary) return;
  for (const key of await store.keys(writer, number)) {
    yield { key: { writer, segment: number, number: key.number, bytes: base64(key.bytes) } };
  }
  const next = segments.find((other) => other.writer === writer && other.number === number + 1);
  const end = next?.firstSequence ?? Number.POSITIVE_INFINITY;
  const records = recordRows(store, writer, firstSequence);
  for (let row = await records.take(); row && row.sequence < end; row = await records.take()) {
    yield { record: { ...row, bytes: base64(row.bytes) } };
  }
  const firstHead = await store.headOver(writer, firstSequence);
  const heads = headRows(store, writer, firstHead?.number ?? 1);
  for (let row = await heads.take(); row && row.segment === number; row = await heads.take()) {
    yield { head: { ...row, bytes: base64(row.bytes) } };
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString("base64");
}
