import {
  anyOf,
  decimalWithin,
  type JsonSchema,
  plainText,
  wholeNumberWithin,
  words,
} from "./schema/json-schema.ts";

/**
 * Turns text into the value; throws an Error that says what is expected. Its schema is what an editor is told: of the
 * value, and for the form `list` of one item. Without one an editor takes any text.
 */
export interface ReadText<T> {
  (text: string): T;
  readonly schema?: JsonSchema;
}

/** One setting: its environment variable, its name in YAML, and how its text is read. */
export interface Setting<T> {
  readonly env: string;
  readonly yaml: string;
  readonly summary: string;
  /** Shown in the help and used when nothing is configured. */
  readonly fallback?: string;
  /** What else the file may hold: `[a, b]` for `a,b`, or `{a: 1}` for `a=1`. Default: one value only. */
  readonly form?: "list" | "map";
  /** Its value is shown nowhere. */
  readonly isSecret?: true;
  /** What of a secret may be shown all the same; undefined where it cannot be told apart. */
  readonly shown?: (text: string) => string | undefined;
  /** A reload takes a new value over. Default: the gateway has to be restarted for it. */
  readonly isReloadable?: true;
  readonly read: ReadText<T>;
}

/** A setting for each member. */
export type SettingsTable<Settings> = { readonly [K in keyof Settings]: Setting<Settings[K]> };

/** A reader that tells editors what it takes. */
export function describedBy<T>(schema: JsonSchema, read: (text: string) => T): ReadText<T> {
  return Object.assign((text: string) => read(text), { schema });
}

export function text(value: string): string {
  return value;
}

export function optionalText(value: string): string | undefined {
  return value;
}

/** Text of a certain form; the error does not repeat it, because it may be a secret. */
export function textLike(form: RegExp, expected: string): ReadText<string> {
  return describedBy(plainText(form), (value) => {
    if (form.test(value)) return value;
    throw new Error(`must be ${expected}`);
  });
}

/** What travels in a header. */
export const headerText = textLike(
  /^[\x21-\x7e]+$/,
  "of printable ASCII characters without spaces",
);

export function wholeNumber(least: number, most: number): ReadText<number> {
  return describedBy(wholeNumberWithin(least, most), (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  });
}

/** 0, which means never, or what the reader takes. */
export function neverOr(read: ReadText<number>): ReadText<number> {
  return describedBy(anyOf({ enum: [0, "0"] }, read.schema ?? {}), (value) =>
    value === "0" ? 0 : read(value),
  );
}

export function decimal(least: number, most: number): ReadText<number> {
  return describedBy(decimalWithin(least, most), (value) => {
    const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a number from ${least} to ${most}`);
  });
}

export function oneOf<const Value extends string>(...values: readonly Value[]): ReadText<Value> {
  return describedBy(words(values), (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found) return found;
    throw new Error(`must be one of ${values.join(", ")}`);
  });
}

/** Editors offer true and false; 1 and 0 are read too. */
export const flag: ReadText<boolean> = describedBy(
  {
    type: ["boolean", "integer", "string"],
    minimum: 0,
    maximum: 1,
    pattern: "^(?:true|false|0|1)$",
  },
  (value) => {
    if (value === "true" || value === "1") return true;
    if (value === "false" || value === "0") return false;
    throw new Error("must be true or false");
  },
);

/** A user or a password in it would be shown with it, and is not sent. */
export const httpUrl: ReadText<string> = describedBy(
  { type: "string", pattern: "^https?://[^/?#@]+(?:[/?#]|$)" },
  (value) => {
    const url = /^https?:\/\//.test(value) ? URL.parse(value) : null;
    if (!url) throw new Error("must be a URL that begins with https:// or http://");
    if (/^https?:\/\/[^/?#@]+(?:[/?#]|$)/.test(value)) return value;
    throw new Error("must not hold a user or a password: they would be shown, and are not sent");
  },
);

/** Words separated by commas. */
export function list(value: string): readonly string[] {
  return value.split(",").flatMap((word) => word.trim() || []);
}

/** Words of a certain form separated by commas. */
export function listLike(form: RegExp, expected: string): ReadText<readonly string[]> {
  return describedBy(plainText(form), (value) => {
    const found = list(value);
    if (found.every((word) => form.test(word))) return found;
    throw new Error(`must be ${expected}`);
  });
}
