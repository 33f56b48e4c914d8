import { isMap, isScalar, isSeq, type Pair } from "yaml";
import { didYouMean } from "../did-you-mean.ts";
import type { Locate } from "../model-overrides.ts";
import type { MemberSchemas } from "../schema/json-schema.ts";

/** A value of the file, where its name stands (`file:line`), and what it is called on the way from the top. */
export interface Field {
  readonly node: unknown;
  readonly line: string;
  readonly path: string;
}

/** A file that is being read, and what has been found wrong in it. */
export interface Reading {
  readonly at: Locate;
  readonly problems: string[];
}

/** Writes a problem down. Gives undefined, so that readers can return it in place of a value. */
export function refuse({ problems }: Reading, { line, path }: Field, problem: string): undefined {
  problems.push(`${line}: ${path}: ${problem}`);
}

/** What a map may hold. */
export interface MapForm {
  /** For example `a budget`. */
  readonly what: string;
  /** By name, with what an editor is told of each. */
  readonly members: MemberSchemas;
  readonly example: string;
  /** What to say about names that belong elsewhere. */
  readonly hints?: Readonly<Record<string, string>>;
}

/** The members of a map by name. Names that it may not hold are problems, and so is a map of nothing. */
export function membersOf(
  field: Field,
  reading: Reading,
  { what, members, example, hints = {} }: MapForm,
): ReadonlyMap<string, Field> | undefined {
  const entries = entriesIn(field, reading, example);
  if (!entries) return undefined;
  const names = Object.keys(members);
  const found = new Map<string, Field>();
  for (const [name, entry] of entries) {
    if (names.includes(name)) found.set(name, entry);
    else {
      const hint = Object.hasOwn(hints, name) ? ` ${hints[name]}` : didYouMean(name, names);
      const shown = JSON.stringify(name.slice(0, 64));
      refuse(
        reading,
        { ...entry, path: field.path },
        `${what} has no ${shown}.${hint} It has: ${names.join(", ")}`,
      );
    }
  }
  return found;
}

/** A map whose names are the operator's own. */
export function entriesIn(
  field: Field,
  reading: Reading,
  example: string,
): readonly (readonly [name: string, value: Field])[] | undefined {
  if (!isMap(field.node) || field.node.items.length === 0) {
    return refuse(reading, field, `must be a map such as ${example}`);
  }
  return field.node.items.map(({ key, value }: Pair) => {
    const name = isScalar(key) ? String(key.value) : "";
    return [name, { node: value, line: reading.at(key), path: `${field.path}.${name}` }] as const;
  });
}

/** The items of a list; an empty one is a problem, because it could mean all or nothing. */
export function itemsOf(
  field: Field,
  reading: Reading,
  example: string,
): readonly Field[] | undefined {
  const { node, path } = field;
  if (!isSeq(node) || node.items.length === 0) {
    return refuse(reading, field, `must be a list such as ${example}`);
  }
  return node.items.map((item, index) => ({
    node: item,
    line: reading.at(item ?? node),
    path: `${path}[${index}]`,
  }));
}

/** A plain value as it was written: numbers are not yet numbers, so that 0.10 stays 0.10. */
export function sourceOf({ node }: Field): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

/** A text of a certain form. */
export function textOf(
  field: Field,
  reading: Reading,
  form: RegExp,
  expected: string,
): string | undefined {
  const text = sourceOf(field);
  return text !== undefined && form.test(text)
    ? text
    : refuse(reading, field, `must be ${expected}`);
}

/** One of a few words; a word that looks like one of them is told so. */
export function wordOf<const Word extends string>(
  field: Field,
  reading: Reading,
  words: readonly Word[],
): Word | undefined {
  const text = sourceOf(field) ?? "";
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const shown = text === "" ? "" : ` ${JSON.stringify(text.slice(0, 64))} is not known.`;
  return refuse(
    reading,
    field,
    `must be one of ${words.join(", ")}.${shown}${didYouMean(text, words)}`,
  );
}

/** A whole number within limits. */
export function wholeNumberOf(
  field: Field,
  reading: Reading,
  least: number,
  most: number,
): number | undefined {
  const text = sourceOf(field) ?? "";
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most
    ? number
    : refuse(reading, field, `must be a whole number from ${least} to ${most}`);
}

/** `true` or `false`. */
export function flagOf(field: Field, reading: Reading): boolean | undefined {
  return wordOf(field, reading, ["true", "false"]) === "true";
}
