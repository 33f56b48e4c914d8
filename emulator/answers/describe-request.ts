import type { Prompt, PromptPart } from "../prompt.ts";

/**
 * The answer to "Which parameters?": JSON of what the request set. Of stop sequences only the
 * number: the answer would be cut at the first one it quotes.
 */
export function describeParameters(prompt: Prompt): string {
  const { maxTokens, sampling, stopSequences, tools = [], guardrail, facts } = prompt;
  return JSON.stringify({
    max_tokens: maxTokens,
    ...sampling,
    stop_sequence_count: stopSequences.length,
    ...(tools.length > 0 && { tool_count: tools.length }),
    ...(guardrail && { guardrail_id: guardrail.id, guardrail_version: guardrail.version }),
    ...facts,
  });
}

/** The answer to "What do you see?": the kinds, types and sizes of all that is not text, in order. */
export function describeMedia({ system, messages }: Prompt): string {
  const parts = [...system, ...messages.flatMap((message) => message.parts)];
  const seen = parts.flatMap((part) => (part.kind === "media" ? [describe(part)] : []));
  return seen.length === 0 ? "I see nothing but text." : `I see: ${seen.join(", ")}.`;
}

function describe(part: Extract<PromptPart, { kind: "media" }>): string {
  const name = part.name === undefined ? "" : ` "${part.name}"`;
  return `${part.medium} ${part.mediaType}${name} (${part.bytes} bytes)`;
}
