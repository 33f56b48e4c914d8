import { type Prompt, questionOf, textOf } from "../prompt.ts";
import { writeWords } from "../words.ts";
import { describeMedia, describeParameters } from "./describe-request.ts";

const knownAnswers: Readonly<Record<string, string>> = {
  "what is the capital of france?": "The capital of France is Paris.",
  "what is the capital of germany?": "The capital of Germany is Berlin.",
  "what is the capital of italy?": "The capital of Italy is Rome.",
  "what is the capital of japan?": "The capital of Japan is Tokyo.",
  "what is 2 + 2?": "2 + 2 is 4.",
  "who are you?": "I am the AxonFlow emulator, a stand-in for a language model.",
  "say nothing.": "",
  hello: "Hello! How can I help you today?",
};

/** A prompt pattern and what is answered to it; `match` holds the pattern's groups. */
interface Command {
  readonly pattern: RegExp;
  answer(match: RegExpExecArray, prompt: Prompt): string;
}

const largestCount = 1_000_000;

const commands: readonly Command[] = [
  {
    pattern: /^\s*write (\d{1,7}) words?\.?\s*$/i,
    answer: ([, count]) => writeWords(Math.min(Number(count), largestCount)),
  },
  {
    pattern: /^\s*count to (\d{1,7})\.?\s*$/i,
    answer: ([, count]) =>
      Array.from({ length: Math.min(Number(count), largestCount) }, (_, i) => i + 1).join(" "),
  },
  {
    pattern: /^\s*(?:repeat|echo): ?([\s\S]*)$/i,
    answer: ([, text = ""]) => text,
  },
  {
    pattern: /^\s*what is your system prompt\?\s*$/i,
    answer: (_, { system }) => textOf(system),
  },
  {
    pattern: /^\s*what did i say first\?\s*$/i,
    answer: (_, { messages }) => textOf(messages.find(({ role }) => role === "user")?.parts ?? []),
  },
  {
    pattern: /^\s*which parameters\?\s*$/i,
    answer: (_, prompt) => describeParameters(prompt),
  },
  {
    pattern: /^\s*what do you see\?\s*$/i,
    answer: (_, prompt) => describeMedia(prompt),
  },
];

/**
 * The whole answer to a prompt, before any limit cuts it: the same prompt always has the same
 * answer. A final assistant message is continued, not repeated, when the answer starts with it.
 */
export function answerPrompt(prompt: Prompt): string {
  const answer = answerQuestion(questionOf(prompt), prompt);
  const last = prompt.messages.at(-1);
  const begun = last?.role === "assistant" ? textOf(last.parts) : "";
  return answer.startsWith(begun) ? answer.slice(begun.length) : answer;
}

function answerQuestion(question: string, prompt: Prompt): string {
  return knownAnswer(question, prompt) ?? answerAnything(question);
}

function knownAnswer(question: string, prompt: Prompt): string | undefined {
  const normalized = question.trim().replaceAll(/\s+/g, " ").toLowerCase();
  if (Object.hasOwn(knownAnswers, normalized)) return knownAnswers[normalized];
  for (const { pattern, answer } of commands) {
    const match = pattern.exec(question);
    if (match) return answer(match, prompt);
  }
  return undefined;
}

/** Says whether a text is a question or command that has an answer of its own. */
export function isKnownQuestion(text: string): boolean {
  const normalized = text.trim().replaceAll(/\s+/g, " ").toLowerCase();
  return (
    Object.hasOwn(knownAnswers, normalized) || commands.some(({ pattern }) => pattern.test(text))
  );
}

function answerAnything(question: string): string {
  const words = question.trim().split(/\s+/, 12).join(" ");
  return `You asked: "${words}". The emulator has no opinion about that, but it always answers the same.`;
}
