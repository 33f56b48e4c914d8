import type { CompletionEvent } from "../../core/reply.ts";
import { type JsonObject, objectAt } from "../codec-parts/json.ts";
import { malformed } from "../codec-parts/malformed.ts";
import type { Asked, StreamDecoder } from "../codec-parts/stream-decoder.ts";
import { isWholeAnswer } from "./chat-piece.ts";
import { errorInBand } from "./errors.ts";
import { readAnswer } from "./read-answer.ts";

/** The events of a whole answer's JSON; `completed` is last. */
export function decodeAnswer(body: unknown, asked: Asked): CompletionEvent[] {
  const answer = objectAt(body);
  if (!isWholeAnswer(answer)) throw malformed("The answer has no message or no finish reason.");
  const reading = readAnswer(asked);
  return [...reading.read(answer), ...reading.end()];
}

/**
 * Reads a stream's chunks. `end` is to be called for OpenAI's end marker alone: a stream that stops without one has
 * been cut, whatever it said before.
 */
export function decodeAnswerStream(asked: Asked): StreamDecoder {
  const reading = readAnswer(asked);
  return {
    push(value) {
      const chunk = objectAt(value);
      throwReported(chunk);
      return reading.read(chunk);
    },
    end: () => reading.end(),
    usageSoFar: () => reading.usageSoFar(),
    get isCutShort() {
      return reading.isCutShort();
    },
  };
}

/** A failure in the middle of a stream, which has its status already. */
function throwReported({ error }: JsonObject): void {
  if (error !== undefined && error !== null) throw errorInBand(objectAt(error));
}
