import type { DatabaseSync } from "node:sqlite";

/** The small numbers that chains have within the file. */
export interface WriterIds {
  /** Makes one when there is none. */
  idFor(uuid: string): number;
  /** Looks it up again the next time. */
  forget(uuid: string): void;
}

/** Remembers the chain that was written to last: a gateway writes one. */
export function createWriterIds(database: DatabaseSync): WriterIds {
  const find = database.prepare("SELECT id FROM writer WHERE uuid = ?");
  const make = database.prepare("INSERT INTO writer (uuid) VALUES (?) RETURNING id");
  let known: { readonly uuid: string; readonly id: number } | undefined;
  return {
    idFor(uuid) {
      if (known?.uuid !== uuid) {
        known = { uuid, id: Number((find.get(uuid) ?? make.get(uuid))?.id) };
      }
      return known.id;
    },
    forget(uuid) {
      if (known?.uuid === uuid) known = undefined;
    },
  };
}
