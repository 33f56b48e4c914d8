import { isMap } from "yaml";
import { anyOf, listOf, namesTo, plainText } from "../schema/json-schema.ts";
import { entriesIn, type Field, itemsOf, type Reading, refuse, textOf } from "./fields.ts";

/** Words of one language or another; not only white space, which would stand in every text. */
const phrase = /^(?=[\s\S]*\S)[\s\S]{1,256}$/;

/** How a refusal calls what it found. */
export const ruleName = /^[A-Za-z0-9_.-]{1,64}$/;

const listSchema = listOf(plainText(phrase));
const listsSchema = namesTo(listSchema, ruleName);

/** What words may be: a list, or lists by name. */
export const wordsSchema = anyOf(listSchema, listsSchema);

/** What topics may be: lists by name. */
export const topicsSchema = listsSchema;

/** Reads words: a list, which has the name given here, or lists by name. */
export function readWordLists(
  field: Field,
  ownName: string | undefined,
  reading: Reading,
): ReadonlyMap<string, readonly string[]> {
  const example = "{weapons: [gun, rifle]}";
  if (!isMap(field.node) && ownName !== undefined) {
    return new Map([[ownName, readWords(field, reading)]]);
  }
  const lists = (entriesIn(field, reading, example) ?? []).map(
    ([name, list]) => [checkedName(name, list, reading), readWords(list, reading)] as const,
  );
  return new Map(lists);
}

function readWords(field: Field, reading: Reading): readonly string[] {
  const seen = new Set<string>();
  for (const item of itemsOf(field, reading, "[gun, rifle]") ?? []) {
    const word = textOf(
      item,
      reading,
      phrase,
      "a text of 1 to 256 characters, in quotes if need be",
    );
    if (word !== undefined && seen.has(word)) refuse(reading, item, "stands there twice");
    if (word !== undefined) seen.add(word);
  }
  return [...seen];
}

/** Names of rules are told to callers whose text a rule found. */
export function checkedName(name: string, field: Field, reading: Reading): string {
  if (!ruleName.test(name)) {
    refuse(
      reading,
      field,
      "its name must be of 1 to 64 letters, digits, dots, dashes and underscores",
    );
  }
  return name;
}
