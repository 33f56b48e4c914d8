import type { Continued } from "../../../core/call.ts";
import { createStopCutter, type StopCutter } from "../../codec-parts/stop-cutter.ts";

/**
 * The last message of a conversation that Claude is to go on with (Anthropic: Prefill Claude's response); none where
 * nothing but white space was written. It must not end in white space: "final assistant content cannot end with
 * trailing whitespace".
 */
export function prefillMessages(continued: Continued | undefined) {
  const text = continued ? continued.text.slice(0, endOfWords(continued.text)) : "";
  return text === "" ? [] : [{ role: "assistant", content: [{ type: "text", text }] }];
}

/**
 * Reads what Claude writes after a text of its own. The white space that was left out of the prefill is already with the
 * caller, so as much of it as comes back is dropped; Claude was told of stop sequences, but does not see those that began
 * in the text.
 */
export function createSeam({ text }: Continued, stopSequences: readonly string[]): StopCutter {
  const cutter = createStopCutter(stopSequences, text);
  let expected = text.slice(endOfWords(text));
  return {
    push(piece) {
      const repeated = lengthOfSame(piece, expected);
      expected = repeated === piece.length ? expected.slice(repeated) : "";
      return cutter.push(piece.slice(repeated));
    },
    end: () => cutter.end(),
    get found() {
      return cutter.found;
    },
  };
}

/** Where the white space at a text's end begins. */
function endOfWords(text: string): number {
  let end = text.length;
  while (end > 0 && isWhiteSpace(text.charAt(end - 1))) end--;
  return end;
}

/** White space to Python's `str.rstrip` and not to JavaScript; nobody tells which of the two is meant. */
const otherWhiteSpace = "\u001c\u001d\u001e\u001f\u0085";

function isWhiteSpace(character: string): boolean {
  return character.trim() === "" || otherWhiteSpace.includes(character);
}

/** How many characters two texts have in common at their beginnings. */
function lengthOfSame(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}
