import type { Attempt, Call, RoutedCall } from "./core/call.ts";
import { type Handler, type Layer, type Pipeline, stack } from "./core/layer.ts";
import type { ScreenedCall } from "./core/screened-call.ts";

/** One layer per concern; `app.ts` makes them. */
export interface PipelineLayers {
  readonly trace: Layer;
  readonly deadline: Layer;
  readonly rateLimit: Layer;
  readonly redactRequest: Layer<Call, ScreenedCall>;
  readonly bodyLog: Layer<ScreenedCall>;
  readonly audit: Layer<ScreenedCall>;
  readonly redactResponse: Layer<ScreenedCall, Call>;
  readonly contentFilter: Layer;
  readonly idempotency: Layer;
  readonly answerSchema: Layer;
  readonly router: Layer<Call, RoutedCall>;
  readonly budget: Layer<RoutedCall>;
  readonly shadow: Layer<RoutedCall>;
  readonly resume: Layer<RoutedCall>;
  readonly failover: Layer<RoutedCall, Attempt>;
  readonly retry: Layer<Attempt>;
  readonly attemptSpan: Layer<Attempt>;
  readonly hop: Layer<Attempt>;
  readonly attemptBudget: Layer<Attempt>;
  readonly circuitBreaker: Layer<Attempt>;
  readonly attemptTimeout: Layer<Attempt>;
}

/** The path of every call from the doors to a provider, from the outside in. This list is the architecture. */
export function buildPipeline(layers: PipelineLayers, providers: Handler<Attempt>): Pipeline {
  return (
    stack()
      .push(layers.trace, "Outermost, so that refusals are measured too.")
      .push(layers.deadline, "Above everything that waits.")
      .push(
        layers.rateLimit,
        "Above everything that costs work or space, so that a flood is turned away at the door; below the deadline, because calls may wait here for their turn.",
      )
      .push(
        layers.redactRequest,
        "Above everything that writes texts down, and above every model: what it takes out nobody below ever sees. The last to touch the answer, in which it puts values back in the place of its tokens.",
      )
      .push(
        layers.bodyLog,
        "Between the two that redact, so that it writes down what a model gets and what policies leave of the answer. Only there at LOG_LEVEL=debug.",
      )
      .push(
        layers.audit,
        "Below what redacts requests, so that raw personal data is never written down; above every refusal over content or money, and above what redacts answers: it has on record what the caller gets, and what is not on record is neither asked nor answered.",
      )
      .push(
        layers.redactResponse,
        "Below whatever writes texts down; above the content filter and kept answers, which have the model's own words.",
      )
      .push(
        layers.contentFilter,
        "Above money, so that nothing is set aside for a call that may not be made; above idempotency, so that a kept answer is looked at by the rules of the day, and a guardrail's intervention is kept as what it is. It sees the model's own words, so whatever changes them stands above it.",
      )
      .push(
        layers.idempotency,
        "Below the deadline, so that each caller of a shared answer keeps its own, and below what redacts, so that a kept answer holds nothing that was taken out; above everything that costs, so that a repeated request costs nothing again.",
      )
      .push(
        layers.answerSchema,
        "Below the deadline, because its checks wait; above routing and money, because a schema that nobody can check should cost nothing. It reads the model's own words, so whatever changes them will stand above it.",
      )
      .push(
        layers.router,
        "The alias becomes endpoints with prices: everything below knows where a call may go and what it costs.",
      )
      .push(
        layers.budget,
        "Needs prices, so below the router; one hold pays for every attempt, so above whatever tries again; above shadow, because a call that is refused is not copied.",
      )
      .push(
        layers.shadow,
        "Below every policy, so that a copy is as redacted and as allowed as the call itself; above whatever tries again, so that a call has one copy. What becomes of the copy is nobody's business here.",
      )
      .push(
        layers.resume,
        "The one layer that acts after the first event: when a stream breaks, it asks for the rest. Above failover, so that the rest has a pass over the endpoints of its own; below everything that sees an answer as one.",
      )
      .push(
        layers.failover,
        "One pass over the endpoints, before the first event only; stops at the first reply. It shares the time that is left out among them, so it stands above everything that waits for one of them.",
      )
      .push(
        layers.retry,
        "The same endpoint again, after a pause; below failover, so that the pause fits into that endpoint's time.",
      )
      .push(
        layers.attemptSpan,
        "Below retry, so that there is one span per try; above hop, whose record of the try it writes down.",
      )
      .push(
        layers.hop,
        "One entry per try in the answer's list of hops; below whatever tries again, so that every try has its own.",
      )
      .push(
        layers.attemptBudget,
        "Below whatever tries again, so that each try is paid for; below hop, which writes down that one was not made for want of money.",
      )
      .push(
        layers.circuitBreaker,
        "Below retry and hop, so that an open circuit ends the tries and is written down; above the timeout, so that silence counts as a failure.",
      )
      .push(
        layers.attemptTimeout,
        "Innermost: time to first event, then time between events; everything above sees a timeout as an error.",
      )
      // Encode, send, decode; resolve at the first event.
      .over(providers)
  );
}
