import { createHash } from "node:crypto";
import { splitTokens } from "../count-tokens.ts";
import { type Prompt, questionOf } from "../prompt.ts";
import { answerPrompt } from "./text-answers.ts";
import { answerOfSchema, answerToolResults, answerWithTools } from "./tool-answers.ts";

/** A part of an answer before any limit cuts it. */
export type AnswerDraft =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "reasoning"; readonly text: string }
  | { readonly kind: "redacted-reasoning"; readonly text: string }
  | { readonly kind: "tool-use"; readonly name: string; readonly text: string };

/** What a guardrail answers in the model's place. */
export const blockedMessage = "The emulator's guardrail blocked this.";

const unitsPerJsonPiece = 8;

/** Says whether the prompt's guardrail, if it has one, steps in: at the word `guardrail-block`. */
export function isBlocked(prompt: Prompt): boolean {
  return prompt.guardrail !== undefined && questionOf(prompt).includes("guardrail-block");
}

/** The whole answer to a prompt, in its parts: the same prompt always has the same answer. */
export function draftAnswer(prompt: Prompt): readonly AnswerDraft[] {
  if (isBlocked(prompt)) return [{ kind: "text", text: blockedMessage }];
  const question = questionOf(prompt);
  const reasoning = prompt.isReasoning ? [reason(question)] : [];
  const tools = answerWithTools(question, prompt);
  if (!tools) return [...reasoning, { kind: "text", text: answerInText(question, prompt) }];
  const uses = tools.uses.map(
    ({ name, json }) => ({ kind: "tool-use", name, text: json }) as const,
  );
  return [...reasoning, { kind: "text", text: tools.text }, ...uses];
}

function answerInText(question: string, prompt: Prompt): string {
  const answered = answerToolResults(prompt);
  if (prompt.answerSchema !== undefined) return answerOfSchema(question, prompt);
  return answered === "" ? answerPrompt(prompt) : answered;
}

function reason(question: string): AnswerDraft {
  if (/^\s*think secretly\.?\s*$/i.test(question)) {
    return { kind: "redacted-reasoning", text: signReasoning(question) };
  }
  const words = question.trim().split(/\s+/).filter(Boolean);
  const count = `${words.length} word${words.length === 1 ? "" : "s"}`;
  return { kind: "reasoning", text: `The prompt has ${count}, so the answer is clear.` };
}

/** A text in base64 that vouches for reasoning, as a provider's signature does. */
export function signReasoning(text: string): string {
  return createHash("sha512").update(`emulator ${text}`).digest("base64");
}

/** The tokens of a draft: JSON comes in pieces of eight characters, a secret in one. */
export function* splitDraft({ kind, text }: AnswerDraft): Generator<string> {
  if (kind === "redacted-reasoning") yield text;
  else if (kind !== "tool-use") yield* splitTokens(text);
  else {
    const characters = Array.from(text);
    for (let at = 0; at < characters.length; at += unitsPerJsonPiece) {
      yield characters.slice(at, at + unitsPerJsonPiece).join("");
    }
  }
}
