import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { AuditPosition, AuditQuery } from "../../../../core/audit-store.ts";
import { type PackedRows, packRows } from "../packed-rows.ts";
import { collect } from "./collect.ts";
import { recordColumns } from "./read-chains.ts";
import { idOf, isFrequent, numberOf, writerOf } from "./schema.ts";

/** A record's place, and its chain's number within the file. */
type Place = AuditPosition & { readonly id: number; readonly kind: number };

const after = `(epoch_ms, uuid, ${numberOf("record.id")}) < (?, ?, ?)`;

/** Finds records of all chains. Places are looked for first, so that no bytes are read but those that are given. */
export function createFindRecords(database: DatabaseSync): (query: AuditQuery) => PackedRows {
  const read = database.prepare(
    `SELECT ${recordColumns} FROM record JOIN writer ON writer.id = ?1 WHERE record.id = ${idOf("?1", "?2")}`,
  );
  return (query) => {
    const places =
      query.requestId === undefined
        ? placesByTime(database, query)
        : placesOfRequest(database, query, query.requestId);
    const first = places.sort(newestFirst).slice(0, query.limit);
    return packRows(collect(eachOf(first, ({ id, sequence }) => read.get(id, sequence))));
  };
}

/** What comes with every call is looked for among everything; each rare kind has its own part of an index. */
function placesByTime(database: DatabaseSync, query: AuditQuery): Place[] {
  const { kinds, limit } = query;
  const byTime = "INDEXED BY record_by_time";
  if (!kinds) return placesWhere(database, query, byTime, ["true"], [], limit);
  const isRare = ["kind = ?", "kind NOT BETWEEN 10 AND 19"];
  const rare = kinds
    .filter((kind) => !isFrequent(kind))
    .flatMap((kind) =>
      placesWhere(database, query, "INDEXED BY record_by_rare_kind", isRare, [kind], limit),
    );
  const frequent = kinds.filter(isFrequent);
  if (frequent.length === 0) return rare;
  const isAsked = `kind IN (${frequent.map(() => "?").join(", ")})`;
  return [...rare, ...placesWhere(database, query, byTime, [isAsked], frequent, limit)];
}

/** A request has some few records. */
function placesOfRequest(database: DatabaseSync, query: AuditQuery, requestId: string): Place[] {
  const isRequest = ["request = unhex(?, '-')"];
  const by = "INDEXED BY record_by_request";
  return placesWhere(database, query, by, isRequest, [requestId], -1).filter(
    ({ kind }) => query.kinds?.includes(kind) ?? true,
  );
}

function placesWhere(
  database: DatabaseSync,
  { fromEpochMs, toEpochMs, after: place }: AuditQuery,
  index: string,
  conditions: readonly string[],
  values: readonly SQLInputValue[],
  limit: number,
): Place[] {
  const all = [...conditions, "epoch_ms >= ?", "epoch_ms < ?", ...(place ? [after] : [])];
  const until = place ? Math.min(toEpochMs, place.epochMs + 1) : toEpochMs;
  const position = place ? [place.epochMs, place.writer, place.sequence] : [];
  return database
    .prepare(
      `SELECT epoch_ms AS epochMs, uuid AS writer, ${numberOf("record.id")} AS sequence, writer.id AS id, kind
       FROM record ${index} CROSS JOIN writer ON writer.id = ${writerOf("record.id")}
       WHERE ${all.join(" AND ")}
       ORDER BY epoch_ms DESC, uuid DESC, record.id DESC LIMIT ?`,
    )
    .all(...values, fromEpochMs, until, ...position, limit) as unknown as Place[];
}

function newestFirst(a: Place, b: Place): number {
  if (a.epochMs !== b.epochMs) return b.epochMs - a.epochMs;
  if (a.writer !== b.writer) return a.writer < b.writer ? 1 : -1;
  return b.sequence - a.sequence;
}

/** Reads on as it is asked to. */
function* eachOf(
  places: readonly Place[],
  read: (place: Place) => Record<string, SQLOutputValue> | undefined,
): Iterable<Record<string, SQLOutputValue>> {
  for (const place of places) {
    const row = read(place);
    if (row) yield row;
  }
}
