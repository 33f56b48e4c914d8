/** ` Did you mean EMAIL?`, or nothing where none of the known names looks like this one. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const asked = name.slice(0, 64).toLowerCase();
  let nearest: { readonly candidate: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const edits = editDistance(asked, candidate.toLowerCase());
    const isAlike = edits <= Math.max(1, Math.floor(candidate.length * 0.4));
    if (isAlike && edits < (nearest?.edits ?? Number.POSITIVE_INFINITY)) {
      nearest = { candidate, edits };
    }
  }
  return nearest ? ` Did you mean ${nearest.candidate}?` : "";
}

/** Levenshtein's distance, in one row of memory. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (letter === to[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
