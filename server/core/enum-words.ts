/** The values of an enum of the contract as words in lower case: for JSON that people read, years from now too. */
export interface EnumWords<Value extends number> {
  /** `unspecified` for what this version does not know. */
  wordOf(value: Value): string;
  /** The zero value for what this version does not know. */
  valueOf(word: string): Value;
}

/** From what protoc-gen-es makes of an enum, which has each value under its name. */
export function enumWords<Value extends number>(
  values: Readonly<Record<string, string | Value>>,
): EnumWords<Value> {
  const named = Object.entries(values).flatMap(([name, value]) =>
    typeof value === "number" ? [[name.toLowerCase(), value] as const] : [],
  );
  const words = new Map(named.map(([word, value]) => [value, word]));
  const byWord = new Map(named);
  return {
    wordOf: (value) => words.get(value) ?? "unspecified",
    valueOf: (word) => byWord.get(word) ?? (0 as Value),
  };
}
