/** A row of a copy by its number and its place. */
export interface PlacedRow {
  readonly number: number;
  /** Where its line begins, in bytes. */
  readonly offset: number;
  /** The line's number, from 1. */
  readonly line: number;
}

/** The rows of one chain and kind that follow each other as they should, and where they are. */
export interface OrderedRows {
  /** Rows as they stand in the file. */
  add(row: PlacedRow): void;
  /** To be called when no more follow. */
  end(): void;
  /** The number of the first row; undefined where there is none. */
  readonly first: number | undefined;
  readonly last: number;
  /** Where the last one's line begins. */
  readonly endOffset: number;
  /** Where to begin to read for a number: at the last mark before it. */
  offsetFor(number: number): number;
}

/** One place is remembered of so many: all memory that a row takes is a part of it. */
const rowsBetweenMarks = 256;

/**
 * Takes rows that ascend. One that does not fit is left out, and told by `misplaced`: it was moved, or stands there twice. A
 * row that comes too early waits for the next one, which tells whether it was moved or those before it are missing.
 */
export function orderedRows(misplaced: (row: PlacedRow, after: number) => void): OrderedRows {
  const marks: { readonly number: number; readonly offset: number }[] = [];
  let count = 0;
  let last = 0;
  let endOffset = -1;
  let waiting: PlacedRow | undefined;

  const take = (row: PlacedRow) => {
    if (count % rowsBetweenMarks === 0) marks.push(row);
    count += 1;
    last = row.number;
    endOffset = row.offset;
  };
  const settle = (next: PlacedRow) => {
    if (!waiting) return;
    const isMoved = next.number > last && next.number < waiting.number;
    if (isMoved) misplaced(waiting, last);
    else take(waiting);
    waiting = undefined;
  };
  return {
    add(row) {
      settle(row);
      if (row.number <= last) misplaced(row, last);
      else if (row.number === last + 1) take(row);
      else waiting = row;
    },
    end() {
      if (waiting) take(waiting);
      waiting = undefined;
    },
    get first() {
      return marks[0]?.number;
    },
    get last() {
      return last;
    },
    get endOffset() {
      return endOffset;
    },
    offsetFor(number) {
      let [low, high] = [0, marks.length];
      while (low + 1 < high) {
        const middle = (low + high) >> 1;
        if ((marks[middle]?.number ?? 0) <= number) low = middle;
        else high = middle;
      }
      return marks[low]?.offset ?? 0;
    },
  };
}
