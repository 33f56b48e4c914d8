import type { ModelId } from "./model-id.ts";

/** Families by the beginnings of foundation ids; the first that fits counts. Everything else speaks Converse. */
const families: readonly (readonly [prefix: string, family: string])[] = [
  ["anthropic.claude-v2", "converse"],
  ["anthropic.claude-instant", "converse"],
  ["anthropic.", "anthropic"],
  ["meta.llama2", "converse"],
  ["meta.llama", "llama"],
  ["mistral.mistral-7b", "mistral"],
  ["mistral.mixtral", "mistral"],
  ["mistral.mistral-small-2402", "mistral"],
  ["mistral.mistral-large-2402", "mistral"],
  ["mistral.mistral-large-2407", "mistral-chat"],
  ["mistral.mistral-large-3", "mistral-chat"],
  ["mistral.pixtral", "mistral-chat"],
  ["mistral.ministral", "mistral-chat"],
  ["mistral.devstral", "mistral-chat"],
  ["amazon.titan-text", "titan"],
  ["amazon.nova", "nova"],
];

/** The family of a Bedrock model that no data tells of: by its id, and Converse where that tells nothing. */
export function familyOf({ foundationId }: ModelId): string {
  return families.find(([prefix]) => foundationId.startsWith(prefix))?.[1] ?? "converse";
}
