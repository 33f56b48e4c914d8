/** A JSON object whose members nobody has promised: providers add fields, and break them. */
export type JsonObject = { readonly [name: string]: unknown };

/** The value as an object; an empty one for anything else, so that reading a missing path gives undefined. */
export function objectAt(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

/** The value as a list of objects; empty for anything else. */
export function objectsAt(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(objectAt) : [];
}

/** The value if it is text, else undefined. */
export function textAt(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The contract counts tokens in an int32. */
const highestCount = 2 ** 31 - 1;

/** The value if it is a token count, else undefined. */
export function countAt(value: unknown): number | undefined {
  const count = Number.isInteger(value) ? Number(value) : -1;
  return count >= 0 && count <= highestCount ? count : undefined;
}
