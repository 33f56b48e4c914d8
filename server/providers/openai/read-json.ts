import { malformed } from "../codec-parts/malformed.ts";

/** JSON that OpenAI sent. The parser's own message quotes what it could not read, so it goes nowhere. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("OpenAI's answer is not JSON.");
  }
}
