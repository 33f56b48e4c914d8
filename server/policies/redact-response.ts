import type { Redaction } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { mapEvents, tapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import type { CompletionEvent, Reply } from "../core/reply.ts";
import type { ScreenedCall, Screening } from "../core/screened-call.ts";
import type { OnSighting } from "../core/sighting.ts";
import { type LinkedAbort, linkAbort } from "../core/signals.ts";
import { type ActOptions, actOn } from "./pii/act.ts";
import { createJsonRewriter } from "./pii/json-rewriter.ts";
import { answersInJson } from "./pii/restore.ts";
import { type ReasoningRewriter, rewriteEvents } from "./pii/rewrite-events.ts";
import type { Rewriting } from "./pii/rewriter.ts";
import type { PiiSide, RuleBook } from "./pii/rule-book.ts";
import { createTally } from "./pii/tally.ts";
import { createTextRewriter } from "./pii/text-rewriter.ts";
import { stopAnswer, withCompleted } from "./stop-answer.ts";

export interface RedactResponseOptions {
  readonly clock: Clock;
  readonly ruleBook: RuleBook;
  readonly onSighting: OnSighting;
}

/**
 * Takes personal data out of an answer, whole or streamed, and writes into its end what was found on either way. A call
 * that was refused ends here. Nothing below it knows the values that tokens stand for. What a refused answer took until then stands in the error.
 */
export function redactResponse(options: RedactResponseOptions): Layer<ScreenedCall, Call> {
  return {
    name: "redactResponse",
    wrap: (next) => async (call) => {
      const { screening, refusal, ...below } = call;
      if (refusal) throw refusal;
      if (!screening) return next(below);
      const side = options.ruleBook(call)?.response;
      const mayStop = side !== undefined && call.delivery === "stream" && blocksAnything(side);
      const link = mayStop ? linkAbort(call.signal) : undefined;
      try {
        const reply = await next(link ? { ...below, signal: link.signal } : below);
        const events = side
          ? redactEvents({ call, reply, side, screening, link }, options)
          : noteRedactions(reply.events, screening.redactions);
        return { ...reply, events: link ? tapEvents(events, { end: link.release }) : events };
      } catch (error) {
        link?.release();
        throw error;
      }
    },
  };
}

function blocksAnything({ rules }: PiiSide): boolean {
  return [...rules.values()].some(({ action }) => action === "block");
}

interface Answer {
  readonly call: ScreenedCall;
  readonly reply: Reply;
  readonly side: PiiSide;
  readonly screening: Screening;
  /** Stops whoever writes a stream. */
  readonly link: LinkedAbort | undefined;
}

function redactEvents(
  { call, reply, side: { scanner, rules }, screening, link }: Answer,
  { clock, onSighting }: RedactResponseOptions,
): AsyncIterable<CompletionEvent> {
  const source = reply.events[Symbol.asyncIterator]();
  const tally = createTally(call, "response", onSighting);
  const acting: ActOptions = { rules, way: "response", tally, mint: screening.mint };
  const rewriting: Rewriting = { scanner, replace: actOn(acting) };
  const json = () => createJsonRewriter(rewriting);
  const refused = async (thrown: unknown, event: CompletionEvent): Promise<never> => {
    if (!(thrown instanceof GatewayError)) throw thrown;
    if (event.case === "completed") throw withCompleted(thrown, event, reply);
    throw await stopAnswer(thrown, { reply, source, link, clock });
  };
  return rewriteEvents(
    { [Symbol.asyncIterator]: () => source },
    {
      text: answersInJson(call.request) ? json : () => createTextRewriter(rewriting),
      toolInput: json,
      refusesAtEnd: call.delivery === "unary",
      refused,
      reasoning: () => reasoningRewriter(rewriting, acting),
      completed: (completed) => ({
        ...completed,
        redactions: [...completed.redactions, ...screening.redactions, ...tally.redactions()],
      }),
    },
  );
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
