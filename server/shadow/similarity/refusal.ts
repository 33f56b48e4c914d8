/** A refusal stands at the beginning; deeper in a text the same words are somebody's advice. */
const beginningLetters = 300;

const wordsOfRefusal = [
  /\bi(?:'m| am) (?:very |so |really )?sorry,? (?:but )?i\b/,
  /\bi(?:'m| am) (?:unable|not able) to (?:help|assist|provide|answer|comply|discuss|create|write)\b/,
  /\bi (?:can|will|could) not (?:help|assist|provide|answer|comply|discuss|create|write|do that|fulfill)\b/,
  /\bi must (?:decline|refuse)\b/,
];

/** Whether a plain text declines to answer, by the words that models use for it in English. */
export function isRefusal(plain: string): boolean {
  const beginning = plain.slice(0, beginningLetters);
  return wordsOfRefusal.some((words) => words.test(beginning));
}
