import fc from "fast-check";

/** A JSON value in which one member, anywhere, is missing or something else. */
export function damaged(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  const place = fc.constantFrom(...places);
  const other = fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined });
  return fc.tuple(place, other).map(([path, replacement]) => replaced(value, path, replacement));
}

/** Members whose own members are the model's words, not the provider's. */
const wordsOfTheModel = new Set(["input", "arguments"]);

/** The value with one more member, that nobody knows, in each of the provider's objects. */
export function withUnknownMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownMembers);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    wordsOfTheModel.has(name) ? member : withUnknownMembers(member),
  ]);
  return { ...Object.fromEntries(members), hologram: { of: ["tomorrow"] } };
}

type Path = readonly string[];

function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    placesIn(member, [...path, name]),
  );
  return [path, ...inner];
}

function replaced(value: unknown, [name, ...rest]: Path, replacement: unknown): unknown {
  if (name === undefined) return replacement;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const members = copy as Record<string, unknown>;
  members[name] = replaced(members[name], rest, replacement);
  return copy;
}
