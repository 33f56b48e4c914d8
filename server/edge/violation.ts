import type { FieldViolation } from "../core/error.ts";

/** One thing that is wrong with a request: where, and what to do about it. */
export function violation(field: string, description: string): FieldViolation {
  return { field, description };
}

/** Whether a text has more characters than this, counted as people do, not in UTF-16 units. */
export function isLonger(text: string, limit: number): boolean {
  return text.length > limit && [...text.slice(0, 2 * limit + 1)].length > limit;
}

/** Names of tools and schemas. */
export const nameForm = /^[a-zA-Z0-9_-]{1,64}$/;
export const nameRule = "Must be 1 to 64 characters from a-z A-Z 0-9 _ -.";

/** How the items of a list are written, and how many there may be. */
export interface ListRule {
  readonly most: number;
  readonly form: RegExp;
  readonly rule: string;
}

/** A list that is too long, or else each item that is not written as it has to be. */
export function listViolations(
  field: string,
  items: readonly string[],
  { most, form, rule }: ListRule,
): FieldViolation[] {
  if (items.length > most) return [violation(field, `At most ${most}.`)];
  return items.flatMap((item, index) =>
    form.test(item) ? [] : [violation(`${field}[${index}]`, rule)],
  );
}

/** Providers and regions, or patterns of them. */
export const placeRule = {
  form: /^[a-z0-9*-]{1,64}$/,
  rule: "Must be 1 to 64 characters from a-z 0-9 -, and * for anything.",
};

/** A value of an enum; Protobuf lets unknown numbers through. */
export function choiceViolations(
  field: string,
  value: number,
  values: Readonly<Record<string, number>>,
): FieldViolation[] {
  if (Object.values(values).includes(value)) return [];
  return [violation(field, `Must be one of ${Object.keys(values).join(", ")}.`)];
}
