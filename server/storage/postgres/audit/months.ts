/** A month of UTC, which is one partition. */
export interface Month {
  /** As in the names of tables: `2026_11`. */
  readonly name: string;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** The month that a time of day is in. */
export function monthOf(epochMs: number): Month {
  const time = new Date(epochMs);
  return monthAt(time.getUTCFullYear(), time.getUTCMonth());
}

/** The one that a table is named after; undefined for another name. */
export function monthNamed(table: string): Month | undefined {
  const [, year, month] = /_(\d{4})_(\d{2})$/.exec(table) ?? [];
  return year === undefined || month === undefined
    ? undefined
    : monthAt(Number(year), Number(month) - 1);
}

function monthAt(year: number, month: number): Month {
  const startMs = Date.UTC(year, month);
  const name = new Date(startMs).toISOString().slice(0, 7).replace("-", "_");
  return { name, startMs, endMs: Date.UTC(year, month + 1) };
}
