import type { DatabaseSync } from "node:sqlite";
import { idOf, numberOf } from "./schema.ts";

/** Finds the number of the first head of a chain that covers a sequence; undefined where there is none. */
export type HeadOver = (writer: number, sequence: number) => number | undefined;

interface Found {
  readonly number: number;
  readonly last: number;
}

/** By halves: heads cover more and more. An index over what they cover would be written with every batch. */
export function createHeadOver(database: DatabaseSync): HeadOver {
  const inChain = `id >= ${idOf("?1", "?2")} AND id < ${idOf("?1 + 1", "0")}`;
  const columns = `${numberOf("id")} AS number, last_sequence AS last`;
  const from = database.prepare(`SELECT ${columns} FROM head WHERE ${inChain} ORDER BY id LIMIT 1`);
  const end = database.prepare(
    `SELECT ${columns} FROM head WHERE ${inChain} ORDER BY id DESC LIMIT 1`,
  );
  return (writer, sequence) => {
    const headFrom = (number: number) => from.get(writer, number) as unknown as Found;
    const last = end.get(writer, 0) as unknown as Found | undefined;
    if (!last || last.last < sequence) return undefined;
    let low = headFrom(0).number;
    let high = last.number;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (headFrom(middle).last >= sequence) high = middle;
      else low = middle + 1;
    }
    return headFrom(low).number;
  };
}
