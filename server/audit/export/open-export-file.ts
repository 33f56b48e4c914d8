import { type FileHandle, open } from "node:fs/promises";
import type {
  AuditPosition,
  AuditQuery,
  AuditStore,
  StoredRecord,
  WrappedKey,
} from "../../core/audit-store.ts";
import { AuditRefused } from "../audit-refused.ts";
import type { IndexedChain } from "./export-file-chains.ts";
import { type ExportFileIndex, indexExportFile } from "./export-file-index.ts";
import { fileLines } from "./export-file-lines.ts";
import type { OrderedRows } from "./export-file-order.ts";
import { type CopyRow, readCopyRow } from "./export-file-rows.ts";

/** A copy of a log: a store that is only read, and what was found out when it was read through. */
export interface ExportFile {
  readonly store: AuditStore;
  readonly index: ExportFileIndex;
}

/** One answer looks at no more of the file once it has something to give. */
const mostBytesAtOnce = 4 * 1024 * 1024;

type RowOf<Is extends CopyRow["is"]> = Extract<CopyRow, { readonly is: Is }>["row"];

/**
 * Opens what `axonflow audit export` wrote, or several such files that were put together. Reads all of it once, and then what
 * is asked for: memory holds an index, and the file may be of any size. Rejects with AuditRefused where it cannot be read.
 */
export async function openExportFile(path: string): Promise<ExportFile> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new AuditRefused(`${path} cannot be read (${error.code}).`);
  });
  try {
    const index = await indexExportFile(file, path);
    return { index, store: storeOver(file, index) };
  } catch (error) {
    await file.close();
    const { code, syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined ? error : new AuditRefused(`${path} cannot be read (${code}).`);
  }
}

function storeOver(file: FileHandle, { chains, leftOut }: ExportFileIndex): AuditStore {
  /** Rows from a number on, as far as they are in their order. */
  const rows = async function* <Is extends "record" | "head" | "key">(
    is: Is,
    ordered: OrderedRows,
    fromNumber: number,
    isWanted: (row: RowOf<Is>) => boolean,
  ): AsyncGenerator<{ readonly row: RowOf<Is>; readonly offset: number }> {
    if (ordered.last < fromNumber) return;
    for await (const { offset, bytes } of fileLines(file, ordered.offsetFor(fromNumber))) {
      if (offset > ordered.endOffset) return;
      const mayBe = bytes.subarray(0, 16).includes(is) && !leftOut.has(offset);
      const line = mayBe ? readCopyRow(bytes) : undefined;
      if (line?.is !== is) continue;
      const row = line.row as RowOf<Is>;
      if (isWanted(row)) yield { row, offset };
    }
  };
  const page = async <Row>(
    found: AsyncIterable<{ readonly row: Row; readonly offset: number }>,
    limit: number,
  ): Promise<Row[]> => {
    const taken: Row[] = [];
    let firstOffset: number | undefined;
    for await (const { row, offset } of found) {
      firstOffset ??= offset;
      if (taken.push(row) >= limit || offset - firstOffset > mostBytesAtOnce) break;
    }
    return taken;
  };
  const recordsOf = ({ records, end }: IndexedChain, writer: string, from: number) => {
    const last = end?.lastSequence ?? Number.MAX_SAFE_INTEGER;
    if (from > last) return rows("record", records, Number.MAX_SAFE_INTEGER, () => false);
    return rows(
      "record",
      records,
      from,
      (row) => row.writer === writer && row.sequence >= from && row.sequence <= last,
    );
  };
  const headsOf = ({ heads }: IndexedChain, writer: string, from: number) =>
    rows("head", heads, from, (row) => row.writer === writer && row.number >= from);
  const none = () => Promise.reject(new AuditRefused("A copy of a log is only read."));

  return {
    append: none,
    shred: none,
    exclusively: none,
    sweep: none,
    async records(writer, fromSequence, limit) {
      const chain = chains.get(writer);
      return chain ? page(recordsOf(chain, writer, fromSequence), limit) : [];
    },
    async heads(writer, fromNumber, limit) {
      const chain = chains.get(writer);
      return chain ? page(headsOf(chain, writer, fromNumber), limit) : [];
    },
    async headOver(writer, sequence) {
      const chain = chains.get(writer);
      if (!chain) return undefined;
      for await (const { row } of headsOf(chain, writer, 1)) {
        if (row.lastSequence >= sequence) return row;
      }
      return undefined;
    },
    async lastHeads(limit) {
      const last = [...chains].map(([writer, chain]) =>
        page(headsOf(chain, writer, chain.heads.last), 1),
      );
      const heads = (await Promise.all(last)).flat();
      return heads.sort((a, b) => b.epochMs - a.epochMs).slice(0, limit);
    },
    segments: async () =>
      [...chains].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, { segments }]) => segments),
    async keys(writer, segment) {
      const chain = chains.get(writer);
      const keys = chain?.keys.get(segment);
      if (!chain || !keys) return [];
      const named = chain.end?.segment === segment ? chain.end.keys : undefined;
      const isWanted = (row: RowOf<"key">) =>
        row.writer === writer && row.segment === segment && (named?.has(row.number) ?? true);
      const found: WrappedKey[] = [];
      for await (const { row } of rows("key", keys, 1, isWanted)) found.push(row);
      return found;
    },
    async find(query) {
      let found: StoredRecord[] = [];
      const shorten = () => {
        found = found.sort((a, b) => (isAfter(b, a) ? -1 : 1)).slice(0, query.limit);
      };
      for (const [writer, chain] of chains) {
        for await (const { row } of recordsOf(chain, writer, 1)) {
          if (isFound(row, query) && found.push(row) > 2 * query.limit + 100) shorten();
        }
      }
      shorten();
      return found;
    },
    close: () => file.close(),
  };
}

function isFound(row: StoredRecord, { after, ...query }: AuditQuery): boolean {
  const { fromEpochMs, toEpochMs, kinds, requestId } = query;
  return (
    row.epochMs >= fromEpochMs &&
    row.epochMs < toEpochMs &&
    (kinds === undefined || kinds.includes(row.kind)) &&
    (requestId === undefined || row.requestId === requestId) &&
    (after === undefined || isAfter(row, after))
  );
}

/** In the order of `find`: the newest first. */
function isAfter(row: AuditPosition, other: AuditPosition): boolean {
  if (row.epochMs !== other.epochMs) return row.epochMs < other.epochMs;
  if (row.writer !== other.writer) return row.writer < other.writer;
  return row.sequence < other.sequence;
}
