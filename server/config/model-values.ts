import type { JsonSchema } from "./schema/json-schema.ts";
import * as schemas from "./schema/json-schema.ts";

/** How a value of a model's description is read, and what an editor is told of it. */
export interface ModelValue<T> {
  readonly read: (value: unknown) => T;
  readonly schema: JsonSchema;
}

/** US dollars per million tokens, as they were written. */
export const usd = decimalText(
  /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/,
  "US dollars per million tokens, with at most nine decimals",
);

/** A multiple of a price, as it was written. */
export const factor = decimalText(
  /^[0-9]{1,3}(?:\.[0-9]{1,6})?$/,
  "a multiple such as 0.5, with at most six decimals",
);

function decimalText(form: RegExp, expected: string): ModelValue<string> {
  return {
    schema: { type: ["number", "string"], minimum: 0, pattern: form.source },
    read(value) {
      if (typeof value === "string" && form.test(value)) return value;
      throw new Error(`must be ${expected}`);
    },
  };
}

/** A number of tokens. */
export const tokens: ModelValue<number> = {
  schema: schemas.wholeNumberWithin(1, 999_999_999),
  read(value) {
    const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : 0;
    if (number > 0) return number;
    throw new Error("must be a number of tokens, from 1");
  },
};

/** A name, or a sentence. */
export const shortText: ModelValue<string> = {
  schema: schemas.plainText(/^[\s\S]{1,2048}$/),
  read(value) {
    if (typeof value === "string" && value !== "" && value.length <= 2048) return value;
    throw new Error("must be a text of at most 2,048 characters");
  },
};

/** One of a few words. */
export function oneOf(values: readonly string[]): ModelValue<string> {
  return {
    schema: schemas.words(values),
    read(value) {
      if (typeof value === "string" && values.includes(value)) return value;
      throw new Error(`must be one of ${values.join(", ")}`);
    },
  };
}

/** A list of such values. */
export function listOf<T>({ read, schema }: ModelValue<T>): ModelValue<readonly T[]> {
  return {
    schema: { type: "array", items: schema },
    read(value) {
      if (Array.isArray(value)) return value.map(read);
      throw new Error("must be a list");
    },
  };
}
