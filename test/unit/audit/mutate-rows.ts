import type { AuditProblem } from "../../../server/core/audit-reading.ts";
import type { AuditRows } from "../../fakes/memory-audit-store.ts";

/** Something that somebody who owns the disk did to one row, or to two. */
export interface Mutation {
  /** For example `records flip`. */
  readonly what: string;
  /** Whether a problem is about what was done. */
  isNamedBy(problem: AuditProblem): boolean;
  readonly rows: AuditRows;
}

type Row = Record<string, unknown> & { readonly writer: string; readonly bytes: Buffer };
type Table = keyof AuditRows;

const tables: readonly Table[] = ["records", "heads", "keys", "segments"];

/** What stands beside the bytes, to find them by. */
const columns: Readonly<Record<Table, readonly string[]>> = {
  records: ["segment", "epochMs", "kind", "requestId"],
  heads: ["segment", "lastSequence", "epochMs"],
  keys: ["segment"],
  segments: ["firstSequence", "startEpochMs", "number"],
};

/** Where a row of a table is numbered. */
const numbers: Readonly<Record<Table, string>> = {
  records: "sequence",
  heads: "number",
  keys: "number",
  segments: "number",
};

/** How a problem says which row it is about. */
const names: Readonly<Record<Table, (problem: AuditProblem, row: Row) => boolean>> = {
  records: ({ sequence }, row) => sequence === row.sequence,
  heads: ({ head }, row) => head === row.number,
  keys: ({ segment, key }, row) => segment === row.segment && key === row.number,
  segments: ({ segment }, row) => segment === row.number,
};

/** Changes a copy of the rows in one way at random. */
export function mutateRows(whole: AuditRows, random: () => number): Mutation {
  const below = (most: number) => Math.floor(random() * most);
  const rows = {
    records: [...whole.records],
    heads: [...whole.heads],
    keys: [...whole.keys],
    segments: [...whole.segments],
  };
  const table = tables[below(tables.length)] ?? "records";
  const list = rows[table] as unknown as Row[];
  const at = below(list.length);
  const row = list[at];
  if (!row) throw new Error(`${table} is empty`);
  const put = (change: object): Row[] => {
    list[at] = { ...row, ...change };
    return [row];
  };
  const column = columns[table][below(columns[table].length)] ?? "segment";
  const other = (at + 1 + below(list.length - 1)) % list.length;

  const ways: Record<string, () => readonly Row[]> = {
    drop() {
      list.splice(at, 1);
      return [row];
    },
    [`change ${column}`]() {
      const value = row[column];
      return put({ [column]: typeof value === "number" ? value + 1 + below(3) : otherId(below) });
    },
  };
  if (table !== "segments") {
    ways.flip = () => put({ bytes: flipped(row.bytes, below(8 * row.bytes.length)) });
    ways.truncate = () => put({ bytes: row.bytes.subarray(0, below(row.bytes.length)) });
    ways.lengthen = () => put({ bytes: Buffer.concat([row.bytes, Buffer.of(below(256))]) });
    ways.swap = () => {
      const second = list[other] ?? row;
      list[at] = { ...row, bytes: second.bytes };
      list[other] = { ...second, bytes: row.bytes };
      return [row, second];
    };
    ways.renumber = () => put({ [numbers[table]]: Number(row[numbers[table]]) + 1000 });
  }
  const chosen = Object.keys(ways)[below(Object.keys(ways).length)] ?? "drop";
  const touched = ways[chosen]?.() ?? [];
  return {
    what: `${table} ${chosen}`,
    rows,
    isNamedBy: (problem) =>
      touched.some((each) => problem.writer === each.writer && names[table](problem, each)),
  };
}

/** The same bytes but for one bit. */
export function flipped(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

function otherId(below: (most: number) => number): string {
  return `00000000-0000-4000-8000-${String(below(1e9)).padStart(12, "0")}`;
}
