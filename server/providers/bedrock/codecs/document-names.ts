/** Gives each document of a request a name that Converse takes. */
export type DocumentNames = (wanted: string) => string;

/** AWS: DocumentBlock. */
const longestName = 200;

/**
 * Begins with no name taken. Converse takes letters, digits, single spaces, hyphens, parentheses and brackets, and no
 * name twice in a conversation; the same request gets the same names every time, so that cached prefixes stay the same.
 */
export function createDocumentNames(): DocumentNames {
  const taken = new Set<string>();
  return (wanted) => {
    const name = allowed(wanted);
    let free = name;
    for (let copy = 2; taken.has(free.toLowerCase()); copy++) free = numbered(name, copy);
    taken.add(free.toLowerCase());
    return free;
  };
}

function allowed(wanted: string): string {
  const plain = wanted
    .replace(/[^a-zA-Z0-9\s()[\]-]+/g, "-")
    .replace(/\s+/g, " ")
    .slice(0, longestName)
    .trim();
  return /[a-zA-Z0-9]/.test(plain) ? plain : "document";
}

function numbered(name: string, copy: number): string {
  const suffix = ` (${copy})`;
  return name.slice(0, longestName - suffix.length).trimEnd() + suffix;
}
