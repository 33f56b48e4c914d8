import type { AuditProblemKind } from "../../core/audit-reading.ts";
import type { StoredRecord, StoredSegment, WrappedKey } from "../../core/audit-store.ts";
import { sha256 } from "../../core/sha256.ts";
import { plainContent } from "../chain/plain-content.ts";
import { decodeHeader, type RecordHeader } from "../chain/record.ts";
import { recordKindOf } from "../chain/record-kinds.ts";
import type { CheckpointContent, SeenHead } from "../writing/checkpoint-text.ts";
import type { ChainPlace } from "./chain-place.ts";
import type { Verification } from "./verification.ts";
import { verifySignature } from "./verify-signature.ts";

/** What a segment's records say beyond their being there. */
export interface SegmentChecks {
  /** A record that is the one that was written. */
  whole(record: StoredRecord): void;
  /** One that is not. */
  changed(record: StoredRecord): void;
  /** Compares the segment's keys with the records that name them. */
  end(stored: readonly WrappedKey[]): void;
}

interface SegmentChecksOptions {
  readonly writer: string;
  readonly segment: number;
  readonly row: StoredSegment | undefined;
  readonly place: ChainPlace;
}

/** Begins with the segment's first record. */
export function createSegmentChecks(
  { writer, segment, row, place }: SegmentChecksOptions,
  verification: Verification,
): SegmentChecks {
  const { problems, counts, seen, pruned, unfinished } = verification;
  const keys = new Map<number, string>();
  let isFirst = true;
  const add = (kind: AuditProblemKind, sequence: number, message: string) =>
    problems.add({ kind, writer, segment, sequence, message });

  const checkFirst = ({ sequence, epochMs }: StoredRecord) => {
    isFirst = false;
    if (!row || (row.firstSequence === sequence && row.startEpochMs === epochMs)) return;
    const message = `Segment ${segment} is not listed as it begins.`;
    problems.add({ kind: "changed", writer, segment, message });
  };

  const checkpoint = (content: CheckpointContent, sequence: number) => {
    counts.checkpoints += 1;
    const problem = verifySignature(content, verification);
    if (problem) add("signature", sequence, `Checkpoint ${sequence} ${problem}`);
    const [own, ...others] = content.heads;
    const signed = own?.writer === writer ? place.recentHeads.get(own.number) : undefined;
    if (signed?.hash === own?.hash && signed) place.unsigned = sequence - 1 - signed.lastSequence;
    else if (own?.writer !== writer || own.number > place.beforeHead)
      add("signature", sequence, `Checkpoint ${sequence} signs a head that is not this chain's.`);
    if (!problem) seen.add({ heads: others, publicKey: content.publicKey }, writer);
  };

  /** What anybody may read. */
  const readPlain = (record: StoredRecord, kind: string | undefined): void => {
    const content = plainContent(record.bytes);
    if (!content) {
      add("changed", record.sequence, `Record ${record.sequence} is not as it was written.`);
      return;
    }
    if ((kind === "start" || kind === "checkpoint") && !areSeenHeads(content.heads)) {
      add("unknown", record.sequence, `Record ${record.sequence} says what no gateway writes.`);
      return;
    }
    if (kind === "key") keys.set(Number(content.number), String(content.sha256));
    if (kind === "start") seen.add({ heads: content.heads as never }, writer);
    if (kind === "checkpoint") checkpoint(content as never, record.sequence);
    if (kind === "prune")
      pruned.set(`${content.writer}/${content.segment}`, String(content.sha256));
  };

  const follow = ({ requestId, epochMs, sequence }: StoredRecord, kind: string | undefined) => {
    if (kind === "intent" || kind === "copy-intent") {
      unfinished.set(`${kind} ${requestId}`, { requestId, epochMs, writer, sequence });
    }
    if (kind === "outcome") unfinished.delete(`intent ${requestId}`);
    if (kind === "copy-outcome") unfinished.delete(`copy-intent ${requestId}`);
  };

  return {
    whole(record) {
      if (isFirst) checkFirst(record);
      counts.records += 1;
      const header = decodeHeader(record.bytes);
      if (!header || !says(header, record)) {
        const message = `Record ${record.sequence} is listed as something else than it says.`;
        return add("changed", record.sequence, message);
      }
      const kind = recordKindOf(header.kind);
      if (kind !== "checkpoint") place.unsigned += 1;
      if (header.keyNumber === 0) readPlain(record, kind);
      follow(record, kind);
    },
    changed(record) {
      if (isFirst) checkFirst(record);
      counts.records += 1;
      const { sequence } = record;
      const header = decodeHeader(record.bytes);
      const isOther = header !== undefined && header.sequence !== sequence;
      if (isOther)
        add(
          "misplaced",
          sequence,
          `In the place of record ${sequence} stands record ${header.sequence}.`,
        );
      else add("changed", sequence, `Record ${sequence} is not as it was written.`);
    },
    end(stored) {
      for (const { number: key, bytes, ...row } of stored) {
        counts.keys += 1;
        const expected = keys.get(key);
        keys.delete(key);
        const isInPlace = row.writer === writer && row.segment === segment;
        if (isInPlace && expected === sha256(bytes).toString("hex")) continue;
        const message = `Key ${key} of segment ${segment} is not the one that was written.`;
        problems.add({ kind: expected ? "changed" : "unknown", writer, segment, key, message });
      }
      for (const key of keys.keys()) {
        const message = `Key ${key} of segment ${segment} is not there, and nobody can read what it encrypts.`;
        problems.add({ kind: "missing", writer, segment, key, message });
      }
      if (row && isFirst) {
        problems.add({
          kind: "missing",
          writer,
          segment,
          message: `Segment ${segment} has no records.`,
        });
      }
    },
  };
}

function says(header: RecordHeader, row: StoredRecord): boolean {
  return (
    header.writer === row.writer &&
    header.sequence === row.sequence &&
    header.segment === row.segment &&
    header.epochMs === row.epochMs &&
    header.kind === row.kind &&
    header.requestId === row.requestId
  );
}

/** Whoever owns the disk can write anything, and must not be able to end the verification by it. */
function areSeenHeads(heads: unknown): heads is readonly SeenHead[] {
  return (
    Array.isArray(heads) &&
    heads.every(
      (head) =>
        typeof head?.writer === "string" &&
        Number.isSafeInteger(head.number) &&
        typeof head.hash === "string",
    )
  );
}
