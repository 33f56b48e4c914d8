import type { MasterKey } from "../../audit/keys/master-key.ts";
import { createDataKeys } from "../../audit/reading/data-keys.ts";
import { readRecord } from "../../audit/reading/read-record.ts";
import { recordRows } from "../../audit/verifying/record-pages.ts";
import type { ReadRecord } from "../../core/audit-reading.ts";
import type { AuditStore, StoredSegment } from "../../core/audit-store.ts";
import { systemClock } from "../../core/clock.ts";

/** How many of a log's encrypted records can be read. */
export interface Decrypted {
  readonly opened: number;
  /** Those that cannot, by why. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  readonly reason: string;
  readonly records: number;
  /** The first one's place: chain and sequence. */
  readonly first: string;
}

/** Reasons that are told apart; a log that somebody filled with nonsense has no end of them. */
const mostReasons = 100;

/** Opens every record that is there, and gives it to whoever wants it. Shredded segments have none. */
export async function decryptAll(
  store: AuditStore,
  masterKey: MasterKey,
  take: (record: ReadRecord) => Promise<void> = () => Promise.resolve(),
): Promise<Decrypted> {
  const keys = createDataKeys(store, masterKey, () => systemClock.now());
  const found = new Map<string, Unreadable>();
  let opened = 0;
  for (const { writer, firstSequence } of firstSegments(await store.segments())) {
    const rows = recordRows(store, writer, firstSequence);
    for (let row = await rows.take(); row; row = await rows.take()) {
      const record = await readRecord(row, keys);
      await take(record);
      const { keyNumber, unreadable } = record;
      if (unreadable === "") opened += keyNumber > 0 ? 1 : 0;
      else count(found, unreadable, `${writer}/${row.sequence}`);
    }
  }
  return { opened, unreadable: [...found.values()] };
}

function count(found: Map<string, Unreadable>, why: string, place: string): void {
  const isRoom = found.has(why) || found.size < mostReasons;
  const reason = isRoom ? why : "Of other reasons.";
  const { records = 0, first = place } = found.get(reason) ?? {};
  found.set(reason, { reason, records: records + 1, first });
}

/** Where each chain begins, as far as it is there. */
function firstSegments(segments: readonly StoredSegment[]): Iterable<StoredSegment> {
  const first = new Map<string, StoredSegment>();
  for (const row of segments) {
    if (!row.summary && !first.has(row.writer)) first.set(row.writer, row);
  }
  return first.values();
}
