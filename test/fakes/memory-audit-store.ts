import type {
  AuditBatch,
  AuditPosition,
  AuditStore,
  StoredHead,
  StoredRecord,
  StoredSegment,
  WrappedKey,
} from "../../server/core/audit-store.ts";

/** Rows as a store keeps them; a test may change them as somebody who owns the disk could. */
export interface AuditRows {
  records: StoredRecord[];
  heads: StoredHead[];
  keys: WrappedKey[];
  segments: StoredSegment[];
}

/** A store in memory. `failWith` makes `append` fail until it is taken back. */
export interface MemoryAuditStore extends AuditStore {
  readonly rows: AuditRows;
  failWith: Error | undefined;
}

export function createMemoryAuditStore(
  rows: AuditRows = { records: [], heads: [], keys: [], segments: [] },
): MemoryAuditStore {
  const store: MemoryAuditStore = {
    rows,
    failWith: undefined,
    async append(batch) {
      if (store.failWith) throw store.failWith;
      append(rows, batch);
    },
    lastHeads: (limit) => Promise.resolve(lastHeads(rows).slice(0, limit)),
    segments: () => Promise.resolve([...rows.segments].sort(byWriter(({ number }) => number))),
    records: (writer, from, limit) =>
      Promise.resolve(
        rows.records
          .filter((row) => row.writer === writer && row.sequence >= from)
          .sort((a, b) => a.sequence - b.sequence)
          .slice(0, limit),
      ),
    heads: (writer, from, limit) =>
      Promise.resolve(
        rows.heads
          .filter((row) => row.writer === writer && row.number >= from)
          .sort((a, b) => a.number - b.number)
          .slice(0, limit),
      ),
    headOver: (writer, sequence) =>
      Promise.resolve(
        rows.heads
          .filter((row) => row.writer === writer && row.lastSequence >= sequence)
          .sort((a, b) => a.number - b.number)[0],
      ),
    keys: (writer, segment) =>
      Promise.resolve(
        rows.keys
          .filter((row) => row.writer === writer && row.segment === segment)
          .sort((a, b) => a.number - b.number),
      ),
    find: ({ fromEpochMs, toEpochMs, kinds, requestId, after, limit }) =>
      Promise.resolve(
        rows.records
          .filter(({ epochMs }) => epochMs >= fromEpochMs && epochMs < toEpochMs)
          .filter(({ kind }) => kinds === undefined || kinds.includes(kind))
          .filter((row) => requestId === undefined || row.requestId === requestId)
          .filter((row) => after === undefined || isAfter(row, after))
          .sort((a, b) => (isAfter(b, a) ? -1 : 1))
          .slice(0, limit),
      ),
    async shred(writer, number, summary) {
      const at = rows.segments.findIndex((row) => row.writer === writer && row.number === number);
      const row = rows.segments[at];
      if (!row || row.summary) return;
      rows.segments[at] = { ...row, summary };
      rows.keys = rows.keys.filter((key) => key.writer !== writer || key.segment !== number);
    },
    exclusively: (work) => work(),
    async sweep() {
      const shredded = new Set(
        rows.segments.flatMap(({ writer, number, summary }) =>
          summary ? `${writer}/${number}` : [],
        ),
      );
      const stays = ({ writer, segment }: StoredRecord | StoredHead) =>
        !shredded.has(`${writer}/${segment}`);
      rows.records = rows.records.filter(stays);
      rows.heads = rows.heads.filter(stays);
      return false;
    },
    close: () => Promise.resolve(),
  };
  return store;
}

function append(rows: AuditRows, { writer, begins, keys, records, head }: AuditBatch): void {
  if (rows.heads.some((row) => row.writer === writer && row.number === head.number)) return;
  if (begins) rows.segments.push({ writer, ...begins });
  rows.keys.push(...keys);
  rows.records.push(...records);
  rows.heads.push(head);
}

function lastHeads({ heads }: AuditRows): StoredHead[] {
  const last = new Map<string, StoredHead>();
  for (const head of heads) {
    if (head.number > (last.get(head.writer)?.number ?? 0)) last.set(head.writer, head);
  }
  return [...last.values()].sort((a, b) => b.epochMs - a.epochMs);
}

/** In the order of `find`: the newest first. */
function isAfter(row: AuditPosition, other: AuditPosition): boolean {
  if (row.epochMs !== other.epochMs) return row.epochMs < other.epochMs;
  if (row.writer !== other.writer) return row.writer < other.writer;
  return row.sequence < other.sequence;
}

function byWriter<Row extends { readonly writer: string }>(numberOf: (row: Row) => number) {
  return (a: Row, b: Row) =>
    a.writer === b.writer ? numberOf(a) - numberOf(b) : a.writer < b.writer ? -1 : 1;
}
