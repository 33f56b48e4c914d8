import { isMap, isScalar, isSeq } from "yaml";
import type { Setting } from "./setting.ts";

/**
 * A value of the file as the text that the environment variable would have: `[a, b]` is `a,b`, and `{a: 1, b: 2}` is
 * `a=1,b=2`. Undefined when the setting does not take this form, or when it holds more than plain values.
 */
export function settingText(
  value: unknown,
  { form }: Pick<Setting<unknown>, "form">,
): string | undefined {
  if (value === null) return "";
  if (isScalar(value)) return String(value.value ?? "");
  if (form === "list" && isSeq(value)) return joined(value.items.map(plainText));
  if (form !== "map" || !isMap(value)) return undefined;
  return joined(
    value.items.map(({ key, value: share }) => {
      const [name, text] = [plainText(key), plainText(share)];
      return name === undefined || text === undefined ? undefined : `${name}=${text}`;
    }),
  );
}

/** What would be said of a value that does not fit. */
export function expectedForm({ form }: Pick<Setting<unknown>, "form">): string {
  switch (form) {
    case "list":
      return "must be a list such as [a, b], or a,b; to set nothing, leave it out";
    case "map":
      return "must be a map such as {a: 1, b: 2}, or a=1,b=2; to set nothing, leave it out";
    default:
      return "must be a single value";
  }
}

/** An empty list could mean all or nothing, so it means neither. */
function joined(texts: readonly (string | undefined)[]): string | undefined {
  return texts.length === 0 || texts.includes(undefined) ? undefined : texts.join(",");
}

/** What would not survive being joined is no plain value. */
function plainText(node: unknown): string | undefined {
  if (!isScalar(node)) return undefined;
  const text = String(node.value ?? "");
  return text === "" || /[,=]/.test(text) ? undefined : text;
}
