/** The model that is asked; any id of the Anthropic family does. */
export const model = "anthropic.claude-3-5-sonnet-20240620-v1:0";

/** The model that OpenAI's routes are asked for. */
export const openAiModel = "gpt-4-turbo";

/** What is asked: some fifty tokens, as short chat turns are. */
export const prompt =
  "Explain to a new colleague, in a few plain sentences and without any formatting, why a queue in front of a slow " +
  "service has to be bounded, what happens when it is not, and what should be done with the work that does not fit.";

const words = [
  "A",
  " queue",
  " without",
  " a",
  " bound",
  " only",
  " hides",
  " that",
  " more",
  " comes",
  " in",
  " than",
  " goes",
  " out",
  ",",
  " until",
  " memory",
  " ends",
  ".",
];

/** How many different tokens there are. */
export const differentTokens = words.length;

/** The token at a position of a streamed answer, from 0. */
export function tokenAt(position: number): string {
  return words[position % words.length] ?? "";
}

/** The text of the unary answer: a hundred tokens. */
export const answer = Array.from({ length: 100 }, (_, position) => tokenAt(position)).join("");

/** Tokens that the stand-in says it has read. */
export const inputTokens = 52;
