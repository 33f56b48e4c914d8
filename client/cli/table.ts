/**
 * Rows of cells as lines with columns as wide as they must be; no column is ever shortened. The columns that are named
 * hold numbers, and are aligned to the right.
 */
export function table(
  rows: readonly (readonly string[])[],
  numberColumns: readonly number[] = [],
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  const aligned = (cell: string, column: number) =>
    numberColumns.includes(column)
      ? cell.padStart(widths[column] ?? 0)
      : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => `${row.map(aligned).join("  ").trimEnd()}\n`).join("");
}
