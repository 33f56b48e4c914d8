import type { StoredSegment } from "../../core/audit-store.ts";
import type { OpenSegment, SegmentEnd } from "./export-file-cut.ts";
import { type OrderedRows, orderedRows, type PlacedRow } from "./export-file-order.ts";
import type { CopyRow } from "./export-file-rows.ts";

/** Where the rows of one chain are. */
export interface IndexedChain {
  /** In their order. */
  readonly segments: StoredSegment[];
  readonly records: OrderedRows;
  readonly heads: OrderedRows;
  /** Wrapped keys, by the segment. */
  readonly keys: Map<number, OrderedRows>;
  /** How far its last segment can be checked, where that is not all there. */
  end?: SegmentEnd;
}

/** The chains of a copy. */
export interface IndexedChains {
  readonly all: ReadonlyMap<string, IndexedChain>;
  /** Gives false for what has no place. */
  add(line: CopyRow, place: Place): boolean;
  /** To be called when nothing follows any more. */
  end(): void;
  /** Leaves out what cannot be checked in a segment that is not all there; gives how many records that are. */
  cut(segment: OpenSegment): number;
}

type Place = Omit<PlacedRow, "number">;

/** As many as a log of years has. */
const mostChains = 100_000;

export function createIndexedChains(
  misplaced: (row: PlacedRow, message: string, writer: string) => void,
): IndexedChains {
  const chains = new Map<string, IndexedChain>();

  const ordered = (what: string, writer: string) =>
    orderedRows((row, after) => {
      const isTwice = row.number === after;
      const message = isTwice ? "stands here once more." : `stands after ${what} ${after}.`;
      misplaced(row, `${what} ${row.number} ${message}`, writer);
    });
  const chainOf = (writer: string): IndexedChain | undefined => {
    const known = chains.get(writer);
    if (known || chains.size === mostChains) return known;
    const [records, heads] = [ordered("record", writer), ordered("head", writer)];
    const chain = { segments: [], records, heads, keys: new Map() };
    chains.set(writer, chain);
    return chain;
  };
  const keysOf = ({ keys }: IndexedChain, writer: string, segment: number): OrderedRows => {
    const rows = keys.get(segment) ?? ordered(`segment ${segment}'s key`, writer);
    keys.set(segment, rows);
    return rows;
  };
  const addSegment = ({ segments }: IndexedChain, row: StoredSegment, place: Place) => {
    const { number, writer } = row;
    const after = segments.at(-1)?.number ?? 0;
    if (number > after) return segments.push(row);
    const what = `segment ${number} ${number === after ? "begins once more." : `stands after segment ${after}.`}`;
    return misplaced({ number, ...place }, what, writer);
  };
  return {
    all: chains,
    add(line, place) {
      if (line.is === "form" || line.is === "end") return false;
      const chain = chainOf(line.row.writer);
      if (!chain) return false;
      if (line.is === "record") chain.records.add({ number: line.row.sequence, ...place });
      else if (line.is === "segment") addSegment(chain, line.row, place);
      else if (line.is === "head") chain.heads.add({ number: line.row.number, ...place });
      else
        keysOf(chain, line.row.writer, line.row.segment).add({ number: line.row.number, ...place });
      return true;
    },
    end() {
      for (const { records, heads, keys } of chains.values()) {
        for (const rows of [records, heads, ...keys.values()]) rows.end();
      }
    },
    cut(segment) {
      const { row } = segment;
      const chain = row && chains.get(row.writer);
      if (!chain || row.summary) return 0;
      const end = segment.end();
      chain.end = end;
      const isWithout = end.lastSequence < row.firstSequence && chain.segments.at(-1) === row;
      if (isWithout) chain.segments.pop();
      return end.uncheckedRecords;
    },
  };
}
