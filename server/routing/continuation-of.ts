import type { Continuation } from "../core/model-traits.ts";
import type { ModelEntry } from "./models/model-entry.ts";

/** Families whose bodies are a raw prompt: whatever stands at its end is gone on with. */
const promptFamilies: ReadonlySet<string> = new Set(["llama", "mistral", "titan"]);

/**
 * How a model is made to go on with a text of its own, in the bodies of its family; undefined: it cannot be, or nobody
 * knows.
 */
export function continuationOf({
  family,
  continuation,
}: Pick<ModelEntry, "family" | "continuation">): Continuation | undefined {
  if (promptFamilies.has(family)) return "prompt";
  return family === "anthropic" ? continuation : undefined;
}
