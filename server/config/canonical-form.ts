/**
 * A value as text that is the same for every order in which its names were written: the names of objects and maps are
 * sorted, lists keep their order, and members that are undefined are left out. What the code calls `where` (`file:line`)
 * is left out too, because it says where a thing stands and not what it is; an operator's own names stand in Maps, where
 * nothing is left out.
 */
export function canonicalForm(value: unknown): string {
  switch (typeof value) {
    case "string":
    case "boolean":
      return JSON.stringify(value);
    case "number":
      return Number.isFinite(value) ? String(value) : refuse(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : ofObject(value);
    default:
      return refuse(value);
  }
}

function ofObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(canonicalForm).join()}]`;
  if (value instanceof Map) return `map{${sorted([...value]).join()}}`;
  const members = Object.entries(value);
  return `{${sorted(members.filter(([name]) => name !== "where")).join()}}`;
}

function sorted(entries: readonly (readonly [unknown, unknown])[]): readonly string[] {
  return entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(String(name))}:${canonicalForm(value)}`)
    .sort();
}

function refuse(value: unknown): never {
  throw new TypeError(`a ${typeof value} has no place in a configuration`);
}
