import { createHash } from "node:crypto";
import type { AuditStore } from "../../core/audit-store.ts";
import { segmentLines } from "../export/export-lines.ts";
import type { ClosedSegment } from "../segments/closed-segments.ts";
import type { Archive } from "./archive.ts";
import type { ArchivedSegment } from "./archived-segments.ts";

export interface ArchiveSegmentOptions {
  readonly store: AuditStore;
  readonly archive: Archive;
  readonly keepUntilEpochMs: number;
}

/** An object is about so large; together with what is gathered for it, this is all the memory that a copy takes. */
const partBytes = 8 * 1024 * 1024;

/**
 * Copies a closed segment: objects that are lines of an export when they are put together. A copy that was broken off is gone
 * on with, since each part is the same each time. Rejects when a part cannot be put there.
 */
export async function archiveSegment(
  segment: ClosedSegment,
  { store, archive, keepUntilEpochMs }: ArchiveSegmentOptions,
): Promise<ArchivedSegment> {
  const { writer, number } = segment.row;
  const { lastSequence } = segment;
  const name = `segments/${writer}/${padded(number, 6)}-${padded(lastSequence, 12)}`;
  const hash = createHash("sha256");
  let parts = 0;
  const put = async (bytes: Buffer) => {
    hash.update(bytes);
    parts += 1;
    await archive.put(`${name}/part-${padded(parts, 5)}.jsonl`, bytes, keepUntilEpochMs);
  };
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of segmentLines(store, segment)) {
    const bytes = Buffer.from(piece);
    pieces.push(bytes);
    size += bytes.length;
    if (size < partBytes) continue;
    await put(Buffer.concat(pieces));
    pieces = [];
    size = 0;
  }
  await put(Buffer.concat(pieces));
  const address = archive.addressOf(name);
  return { writer, segment: number, lastSequence, parts, sha256: hash.digest("hex"), address };
}

/** Names sort as their numbers do. */
function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}
