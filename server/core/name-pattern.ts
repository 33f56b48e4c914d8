/** Whether a name fits a pattern, in which `*` stands for any characters: `us-*`, `*-1`, `*`. */
export function fitsPattern(pattern: string, name: string): boolean {
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === name;
  if (star === pattern.length - 1) return name.startsWith(pattern.slice(0, -1));
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop() ?? "";
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

/** Whether a name fits one of them. */
export function fitsAny(patterns: readonly string[], name: string): boolean {
  for (const pattern of patterns) if (fitsPattern(pattern, name)) return true;
  return false;
}
