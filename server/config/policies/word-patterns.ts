import { RE2JS } from "re2js";
import { isMap } from "yaml";
import { anyOf, listOf, namesTo, plainText } from "../schema/json-schema.ts";
import { entriesIn, type Field, itemsOf, type Reading, refuse, textOf } from "./fields.ts";
import { checkedName, ruleName } from "./word-lists.ts";

const expression = /^[\s\S]{1,1024}$/;

/** What expressions may be; whether RE2 can read one, no editor knows. */
export const patternsSchema = anyOf(
  listOf(plainText(expression)),
  namesTo(plainText(expression), ruleName),
);

/** Reads RE2 expressions: by name, or as a list, whose members are called by their number. */
export function readPatterns(field: Field, reading: Reading): ReadonlyMap<string, string> {
  const example = "{ticket: 'ACME-[0-9]+'}";
  const named = isMap(field.node)
    ? (entriesIn(field, reading, example) ?? [])
    : (itemsOf(field, reading, example) ?? []).map(
        (item, index) => [`pattern-${index + 1}`, item] as const,
      );
  return new Map(
    named.flatMap(([name, value]) => {
      const source = readPattern(value, reading);
      return source === undefined ? [] : [[checkedName(name, value, reading), source] as const];
    }),
  );
}

function readPattern(field: Field, reading: Reading): string | undefined {
  const source = textOf(field, reading, expression, "an expression of 1 to 1024 characters");
  if (source === undefined) return undefined;
  try {
    if (!RE2JS.compile(source).matcher("").find()) return source;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(reading, field, `is not an expression of RE2's syntax (${why})`);
  }
  return refuse(reading, field, "matches where nothing stands, so it would block every text");
}
