import type { DatabaseSync } from "node:sqlite";
import { type PackedRows, packRows } from "../packed-rows.ts";
import type { SegmentRow } from "../questions.ts";
import { collect } from "./collect.ts";
import { createHeadOver } from "./head-over.ts";
import { idOf, numberOf, writerOf } from "./schema.ts";

/** Reads what belongs to one chain, and the list of chains. */
export interface ReadChains {
  lastHeads(limit: number): PackedRows;
  segments(): readonly SegmentRow[];
  records(writer: string, from: number, limit: number): PackedRows;
  heads(writer: string, from: number, limit: number): PackedRows;
  headOver(writer: string, sequence: number): PackedRows;
  keys(writer: string, segment: number): PackedRows;
}

const writerId = "(SELECT id FROM writer WHERE uuid = ?1)";
const headColumns = `uuid AS writer, ${numberOf("head.id")} AS number, segment,
  last_sequence AS lastSequence, epoch_ms AS epochMs, bytes`;
const inChain = (column: string) =>
  `${column} >= ${idOf(writerId, "?2")} AND ${column} <= ${idOf(writerId, String(2 ** 40 - 1))}`;

/** The columns of a stored record; `request` becomes its `requestId`. */
export const recordColumns = `uuid AS writer, ${numberOf("record.id")} AS sequence, segment,
  epoch_ms AS epochMs, kind, lower(hex(request)) AS requestId, bytes`;

/** Prepares every statement once. */
export function createReadChains(database: DatabaseSync): ReadChains {
  const lastHeads = database.prepare(
    `SELECT ${headColumns} FROM writer JOIN head ON head.id =
       (SELECT max(id) FROM head WHERE id <= ${idOf("writer.id", String(2 ** 40 - 1))}
        AND id >= ${idOf("writer.id", "0")})
     ORDER BY epoch_ms DESC, uuid DESC LIMIT ?`,
  );
  const segments = database.prepare(
    `SELECT uuid AS writer, number, first_sequence AS firstSequence, start_ms AS startEpochMs, summary
     FROM segment JOIN writer ON writer.id = segment.writer ORDER BY uuid, number`,
  );
  const records = database.prepare(
    `SELECT ${recordColumns} FROM record JOIN writer ON writer.id = ${writerId}
     WHERE ${inChain("record.id")} ORDER BY record.id LIMIT ?3`,
  );
  const heads = database.prepare(
    `SELECT ${headColumns} FROM head JOIN writer ON writer.id = ${writerOf("head.id")}
     WHERE ${inChain("head.id")} ORDER BY head.id LIMIT ?3`,
  );
  const idOfWriter = database.prepare("SELECT id FROM writer WHERE uuid = ?");
  const headOver = createHeadOver(database);
  const keys = database.prepare(
    `SELECT ?1 AS writer, segment, number, bytes FROM data_key
     WHERE writer = ${writerId} AND segment = ?2 ORDER BY number`,
  );
  return {
    lastHeads: (limit) => packRows(collect(lastHeads.iterate(limit))),
    segments: () =>
      segments.all().map(({ summary, ...row }) => ({
        ...(row as unknown as SegmentRow),
        ...(summary !== null && { summary: summary as Uint8Array }),
      })),
    records: (writer, from, limit) => packRows(collect(records.iterate(writer, from, limit))),
    heads: (writer, from, limit) => packRows(collect(heads.iterate(writer, from, limit))),
    headOver(writer, sequence) {
      const number = headOver(Number(idOfWriter.get(writer)?.id ?? 0), sequence);
      return packRows(number === undefined ? [] : collect(heads.iterate(writer, number, 1)));
    },
    keys: (writer, segment) => packRows(collect(keys.iterate(writer, segment))),
  };
}
