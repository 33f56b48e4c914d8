/** Largest `max_tokens` by the beginning of the model's name; the first that fits counts. */
const outputLimits: readonly (readonly [prefix: string, tokens: number])[] = [
  ["anthropic.claude-3-5-sonnet-20240620", 4_096],
  ["anthropic.claude-3-5-", 8_192],
  ["anthropic.claude-3-7-", 64_000],
  ["anthropic.claude-3-", 4_096],
  ["anthropic.claude-opus-4-5", 64_000],
  ["anthropic.claude-opus-4-6", 128_000],
  ["anthropic.claude-opus-4-7", 128_000],
  ["anthropic.claude-opus-4-8", 128_000],
  ["anthropic.claude-opus-4-", 32_000],
  ["anthropic.claude-sonnet-4-", 64_000],
  ["anthropic.claude-haiku-4-", 64_000],
  ["anthropic.claude-opus-5", 128_000],
  ["anthropic.claude-sonnet-5", 128_000],
  ["anthropic.claude-haiku-5", 128_000],
  ["anthropic.claude-fable-5", 128_000],
];

const unknownModelTokens = 1_000_000;

/** The model's limit in tokens (AWS model cards); models the table does not know may write a million. */
export function maxOutputTokens(modelId: string): number {
  return outputLimits.find(([prefix]) => modelId.startsWith(prefix))?.[1] ?? unknownModelTokens;
}
