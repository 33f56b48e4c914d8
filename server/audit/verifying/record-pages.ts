import type { AuditStore, StoredHead, StoredRecord } from "../../core/audit-store.ts";

/** Rows of one chain in their order, read some at a time. */
export interface Rows<Row> {
  /** The next row, which stays the next one; undefined at the end, where more may be written until it is asked again. */
  peek(): Promise<Row | undefined>;
  take(): Promise<Row | undefined>;
}

const atOnce = 500;

/** Records of a chain from a sequence on. */
export function recordRows(
  store: Pick<AuditStore, "records">,
  writer: string,
  fromSequence: number,
): Rows<StoredRecord> {
  return pagedRows(
    fromSequence,
    (from) => store.records(writer, from, atOnce),
    ({ sequence }) => sequence,
  );
}

/** Heads of a chain from a number on. */
export function headRows(
  store: Pick<AuditStore, "heads">,
  writer: string,
  fromNumber: number,
): Rows<StoredHead> {
  return pagedRows(
    fromNumber,
    (from) => store.heads(writer, from, atOnce),
    ({ number }) => number,
  );
}

function pagedRows<Row>(
  start: number,
  read: (from: number) => Promise<readonly Row[]>,
  numberOf: (row: Row) => number,
): Rows<Row> {
  let page: readonly Row[] = [];
  let at = 0;
  let from = start;
  const peek = async () => {
    if (at === page.length) {
      page = await read(from);
      at = 0;
      const last = page.at(-1);
      if (last) from = numberOf(last) + 1;
    }
    return page[at];
  };
  return {
    peek,
    async take() {
      const row = await peek();
      if (row) at += 1;
      return row;
    },
  };
}
