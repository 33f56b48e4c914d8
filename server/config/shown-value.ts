import type { Setting } from "./setting.ts";

/** What stands in the place of a secret. */
export const hiddenValue = "(hidden)";

/** A setting's text as anybody may see it: of a secret, nothing but what its setting lets through. */
export function shownValue(
  { isSecret, shown }: Pick<Setting<unknown>, "isSecret" | "shown">,
  text: string,
): string {
  return isSecret ? (shown?.(text) ?? hiddenValue) : text;
}
