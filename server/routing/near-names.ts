/** How many edits apart two names may be, as a share of the longer one, and still count as alike. */
const likeness = 0.5;

/** Up to three of the known names that look most like this one, nearest first. */
export function nearNames(name: string, known: readonly string[]): readonly string[] {
  const asked = name.slice(0, 128).toLowerCase();
  return known
    .map((candidate) => ({ candidate, edits: editDistance(asked, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= likeness * Math.max(asked.length, candidate.length))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance, in one row of memory. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const substitute = at(row, j - 1) + (a === to[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, at(row, j) + 1, at(next, j - 1) + 1));
    }
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
