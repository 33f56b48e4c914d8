/**
 * Each step is run once, in its order, and never changed afterwards. Times are milliseconds since 1970.
 *
 * The ids of records and heads hold their chain and their place in it, `writer << 40 | number`: the table itself is in the
 * order in which it is verified, and needs no index for that. What is written last stands at the end of the table, and near
 * the end of each index as long as request ids begin with the time (UUID version 7). Random ones cost twice as much for
 * each record.
 */
export const auditSchema: readonly string[] = [
  `
  CREATE TABLE writer (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE segment (
    writer INTEGER NOT NULL REFERENCES writer,
    number INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    -- What is left of a segment that was shredded.
    summary BLOB,
    is_swept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (writer, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE data_key (
    writer INTEGER NOT NULL REFERENCES writer,
    segment INTEGER NOT NULL,
    number INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (writer, segment, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE head (
    id INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    epoch_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE record (
    id INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    epoch_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    request BLOB,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX record_by_time ON record (epoch_ms);
  -- What is rare is found among millions of calls.
  CREATE INDEX record_by_rare_kind ON record (kind, epoch_ms) WHERE kind NOT BETWEEN 10 AND 19;
  CREATE INDEX record_by_request ON record (request) WHERE request IS NOT NULL;
  `,
];

/** Whether a kind is among those that come with every call, and so in no index of its own (`StoredRecord`). */
export function isFrequent(kind: number): boolean {
  return kind >= 10 && kind <= 19;
}

/** The id of a chain's number, as SQL; numbers need 64 bits, which JavaScript's have not. */
export function idOf(writer: string, number: string): string {
  return `((${writer} << 40) | ${number})`;
}

/** The chain of an id, as SQL. */
export function writerOf(id: string): string {
  return `(${id} >> 40)`;
}

/** The number within its chain of an id, as SQL. */
export function numberOf(id: string): string {
  return `(${id} & ${2 ** 40 - 1})`;
}
