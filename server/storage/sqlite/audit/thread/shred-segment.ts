import type { DatabaseSync } from "node:sqlite";
import { inTransaction, makeRoom } from "../../thread/transaction.ts";

/**
 * Keeps the summary of a segment and drops its keys. Where they stood is overwritten with zeros, in the file and, when
 * nobody reads at that moment, in what is written ahead of it: a key that is only unlinked could still be found.
 */
export function createShredSegment(
  database: DatabaseSync,
): (writer: string, segment: number, summary: Uint8Array) => void {
  const ofWriter = "writer = (SELECT id FROM writer WHERE uuid = ?1)";
  const keep = database.prepare(
    `UPDATE segment SET summary = ?3 WHERE ${ofWriter} AND number = ?2 AND summary IS NULL`,
  );
  const drop = database.prepare(`DELETE FROM data_key WHERE ${ofWriter} AND segment = ?2`);
  return (writer, segment, summary) => {
    database.exec("PRAGMA secure_delete = ON");
    try {
      const isDone = inTransaction(database, () => {
        if (keep.run(writer, segment, summary).changes === 0) return false;
        drop.run(writer, segment);
        return true;
      });
      if (isDone) makeRoom(database);
    } finally {
      database.exec("PRAGMA secure_delete = OFF");
    }
  };
}
