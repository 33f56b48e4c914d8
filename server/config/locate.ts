import type { FoundSettings } from "./sources.ts";

/**
 * A sentence about settings, which it calls by their environment variables, with the places where those stand that are
 * set: `… (gateway.yaml:3: BedrockFailoverRegion)`. What is set by a variable of that very name says so already.
 */
export function locate(sentence: string, found: FoundSettings): string {
  const named = new Set(sentence.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g));
  const places = [...named].flatMap((name) => {
    const value = found.get(name)?.[0];
    return value && value.kind !== "variable" ? [value.where] : [];
  });
  return places.length > 0 ? `${sentence} (${places.join(", ")})` : sentence;
}
