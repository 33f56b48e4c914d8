import type { CompleteRequest } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { CompletionEvent } from "../../core/reply.ts";
import { createJsonRewriter } from "./json-rewriter.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Rewriting } from "./rewriter.ts";
import { createTextRewriter, rewriteText } from "./text-rewriter.ts";
import { createTokenScanner } from "./token-scanner.ts";

/**
 * Puts values in the place of the tokens that were minted for this call, wherever in the answer they stand and however it
 * was cut. A value is put in once and not looked at again, so no value can ask for another.
 */
export function restoreEvents(
  events: AsyncIterable<CompletionEvent>,
  tokens: Pseudonyms,
  request: CompleteRequest,
): AsyncIterable<CompletionEvent> {
  const rewriting: Rewriting = {
    scanner: createTokenScanner((token) => tokens.valueOf(token) !== undefined),
    replace: (_, token) => tokens.valueOf(token),
  };
  const plain = () => createTextRewriter(rewriting);
  const json = () => createJsonRewriter(rewriting);
  return rewriteEvents(events, {
    text: answersInJson(request) ? json : plain,
    toolInput: json,
    reasoning: () => Object.assign(plain(), { isProven: true }),
    completed: (completed) => ({
      ...completed,
      stopSequence: rewriteText(completed.stopSequence, rewriting),
    }),
  });
}

/** Whether the text of the answer has to be JSON. */
export function answersInJson({ responseFormat }: CompleteRequest): boolean {
  return responseFormat?.format.case === "jsonSchema";
}
