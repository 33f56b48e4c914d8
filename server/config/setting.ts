/** One setting: its environment variable, its name in YAML, and how its text is read. */
export interface Setting<T> {
  readonly env: string;
  readonly yaml: string;
  readonly summary: string;
  /** Shown in the help and used when nothing is configured. */
  readonly fallback?: string;
  /** What else the file may hold: `[a, b]` for `a,b`, or `{a: 1}` for `a=1`. Default: one value only. */
  readonly form?: "list" | "map";
  /** Turns text into the value; throws an Error that says what is expected. */
  readonly read: (text: string) => T;
}

/** A setting for each member. */
export type SettingsTable<Settings> = { readonly [K in keyof Settings]: Setting<Settings[K]> };

export function text(value: string): string {
  return value;
}

export function optionalText(value: string): string | undefined {
  return value;
}

/** What travels in a header; the error does not repeat it, because it may be a secret. */
export function headerText(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new Error("must be of printable ASCII characters without spaces");
}

export function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a whole number from ${least} to ${most}`);
  };
}

export function decimal(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`must be a number from ${least} to ${most}`);
  };
}

export function oneOf<const Value extends string>(
  ...values: readonly Value[]
): (value: string) => Value {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found) return found;
    throw new Error(`must be one of ${values.join(", ")}`);
  };
}

export function flag(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new Error("must be true or false");
}

export function httpUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return value;
  throw new Error("must be a URL that begins with https:// or http://");
}

/** Words separated by commas. */
export function list(value: string): readonly string[] {
  return value.split(",").flatMap((word) => word.trim() || []);
}
