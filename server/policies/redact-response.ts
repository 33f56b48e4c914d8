import type { Redaction } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../core/call.ts";
import { mapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import type { CompletionEvent } from "../core/reply.ts";
import type { ScreenedCall, Screening } from "../core/screened-call.ts";
import type { OnSighting } from "../core/sighting.ts";
import { type ActOptions, actOn } from "./pii/act.ts";
import { createJsonRewriter } from "./pii/json-rewriter.ts";
import { answersInJson } from "./pii/restore.ts";
import { type ReasoningRewriter, rewriteEvents } from "./pii/rewrite-events.ts";
import type { Rewriting } from "./pii/rewriter.ts";
import type { PiiSide, RuleBook } from "./pii/rule-book.ts";
import { createTally } from "./pii/tally.ts";
import { createTextRewriter } from "./pii/text-rewriter.ts";

export interface RedactResponseOptions {
  readonly ruleBook: RuleBook;
  readonly onSighting: OnSighting;
}

/**
 * Takes personal data out of an answer, whole or streamed, and writes into its end what was found on either way. Nothing
 * below it knows the values that tokens stand for.
 */
export function redactResponse({
  ruleBook,
  onSighting,
}: RedactResponseOptions): Layer<ScreenedCall, Call> {
  return {
    name: "redactResponse",
    wrap: (next) => async (call) => {
      const { screening, ...below } = call;
      const reply = await next(below);
      if (!screening) return reply;
      const side = ruleBook(call)?.response;
      const events = side
        ? redactEvents(reply.events, { call, side, screening, onSighting })
        : noteRedactions(reply.events, screening.redactions);
      return events === reply.events ? reply : { ...reply, events };
    },
  };
}

interface Answer {
  readonly call: ScreenedCall;
  readonly side: PiiSide;
  readonly screening: Screening;
  readonly onSighting: OnSighting;
}

function redactEvents(
  events: AsyncIterable<CompletionEvent>,
  { call, side: { scanner, rules }, screening, onSighting }: Answer,
): AsyncIterable<CompletionEvent> {
  const tally = createTally(call, "response", onSighting);
  const acting: ActOptions = { rules, way: "response", tally, mint: screening.mint };
  const rewriting: Rewriting = { scanner, replace: actOn(acting) };
  const json = () => createJsonRewriter(rewriting);
  return rewriteEvents(events, {
    text: answersInJson(call.request) ? json : () => createTextRewriter(rewriting),
    toolInput: json,
    refusesAtEnd: call.delivery === "unary",
    reasoning: () => reasoningRewriter(rewriting, acting),
    completed: (completed) => ({
      ...completed,
      redactions: [...completed.redactions, ...screening.redactions, ...tally.redactions()],
    }),
  });
}

/** A token becomes the value again, so only what stays away spoils the model's proof of its own words. */
function reasoningRewriter(rewriting: Rewriting, acting: ActOptions): ReasoningRewriter {
  let isProven = true;
  const onAction: ActOptions["onAction"] = (action) => {
    if (action === "redact" || action === "mask") isProven = false;
  };
  const replace = actOn({ ...acting, onAction });
  const { push, flush, isWhole } = createTextRewriter({ ...rewriting, replace });
  return {
    push,
    flush,
    isWhole,
    get isProven() {
      return isProven;
    },
  };
}

function noteRedactions(
  events: AsyncIterable<CompletionEvent>,
  redactions: readonly Redaction[],
): AsyncIterable<CompletionEvent> {
  if (redactions.length === 0) return events;
  return mapEvents(events, {
    event: (event) =>
      event.case === "completed"
        ? {
            case: "completed",
            value: { ...event.value, redactions: [...event.value.redactions, ...redactions] },
          }
        : event,
  });
}
