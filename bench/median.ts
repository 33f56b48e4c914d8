/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const upper = Math.floor(ordered.length / 2);
  const lower = Math.ceil(ordered.length / 2) - 1;
  return ((ordered[lower] ?? Number.NaN) + (ordered[upper] ?? Number.NaN)) / 2;
}
