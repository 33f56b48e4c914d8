import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/error.ts";
import { mapEvents, tapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { CompletionEvent, Reply } from "../../core/reply.ts";
import { type LinkedAbort, linkAbort } from "../../core/signals.ts";
import type { PoliciesFor } from "../call-policies.ts";
import { stopAnswer, withCompleted } from "../stop-answer.ts";
import { blocked } from "./blocked.ts";
import { checkRequest } from "./check-request.ts";
import { createFiltersFor } from "./filters-for.ts";
import { guardAnswer } from "./guard-answer.ts";
import { guardrailRefusal, hasIntervened } from "./guardrail.ts";
import type { TextRules } from "./text-rules.ts";

/** What the filter is made of. */
export interface ContentFilterOptions {
  readonly clock: Clock;
  readonly policiesFor: PoliciesFor;
  /** The Bedrock guardrail that the configuration names for every call, if it does. */
  readonly guardrail?: string | undefined;
  /** Told of every refusal, for metrics. */
  readonly onBlocked?: ((refusal: GatewayError) => void) | undefined;
}

/**
 * Refuses texts that a policy forbids, on their way to the model and back, and says the same of what a guardrail stopped.
 * From the forbidden text on nothing of an answer leaves; what it took until then stands in the error.
 */
export function contentFilter(options: ContentFilterOptions): Layer {
  const filtersFor = createFiltersFor(options.policiesFor);
  const refuse = (refusal: GatewayError): never => {
    options.onBlocked?.(refusal);
    throw refusal;
  };
  const admit = async (call: Call): Promise<TextRules | undefined> => {
    try {
      const filters = filtersFor(call);
      await checkRequest(call, filters);
      return filters.response;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.reason !== blockedReason) throw error;
      return refuse(error);
    }
  };
  return {
    name: "contentFilter",
    wrap: (next) => async (call) => {
      const rules = await admit(call);
      const guardrail = call.request.guardrail?.id ?? options.guardrail;
      if (!rules && guardrail === undefined) return next(call);
      // An answer that is whole is all there, and may be kept for whoever asks again.
      const link = rules && call.delivery === "stream" ? linkAbort(call.signal) : undefined;
      try {
        const reply = await next(link ? { ...call, signal: link.signal } : call);
        const answer: Answer = { reply, rules, guardrail, link, clock: options.clock };
        const events = guarded(answer, refuse);
        return { ...reply, events: link ? tapEvents(events, { end: link.release }) : events };
      } catch (error) {
        link?.release();
        throw error;
      }
    },
  };
}

const blockedReason = ErrorReason.BLOCKED_BY_POLICY;

/** An answer, and who watches over it. */
interface Answer {
  readonly reply: Reply;
  readonly rules: TextRules | undefined;
  readonly guardrail: string | undefined;
  readonly link: LinkedAbort | undefined;
  readonly clock: Clock;
}

function guarded(
  { reply, rules, guardrail = "", link, clock }: Answer,
  refuse: (refusal: GatewayError) => never,
): AsyncIterable<CompletionEvent> {
  const source = reply.events[Symbol.asyncIterator]();
  const guard = rules && guardAnswer(rules);
  const event = (event: CompletionEvent) => {
    if (event.case === "completed" && hasIntervened(event.value)) {
      return refuse(withCompleted(guardrailRefusal(guardrail, event.value), event, reply));
    }
    const seen = guard?.see(event) ?? { events: [event] };
    if ("events" in seen) return seen.events;
    const refusal = blocked(seen.found, "response");
    if (event.case === "completed") return refuse(withCompleted(refusal, event, reply));
    return stopAnswer(refusal, { reply, source, link, clock }).then(refuse);
  };
  return mapEvents({ [Symbol.asyncIterator]: () => source }, { event });
}
