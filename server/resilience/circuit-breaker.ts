import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { type Attempt, endpointName } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/error.ts";
import { type Ending, tapEvents } from "../core/events.ts";
import type { Layer } from "../core/layer.ts";
import type { Reply } from "../core/reply.ts";
import type { Admission, CircuitOptions } from "./circuit.ts";
import type { WrittenRecord, WrittenRecords } from "./endpoint-records.ts";
import { patienceMs, probeTimeoutMs } from "./needed-time.ts";
import { verdictOn } from "./verdict.ts";

/** What the breaker needs. */
export interface CircuitBreakerOptions {
  readonly clock: Clock;
  readonly records: WrittenRecords;
  readonly circuit: CircuitOptions;
  /** How long any attempt may take to begin to answer, in milliseconds: nobody has to be more patient than that. */
  readonly firstEventTimeoutMs: number;
}

/**
 * Writes down what becomes of every attempt, and refuses those at an endpoint that has failed too often in a row. An open
 * circuit lets one attempt at a time try whether the endpoint is back.
 */
export function circuitBreaker(options: CircuitBreakerOptions): Layer<Attempt> {
  const { clock, records, circuit, firstEventTimeoutMs } = options;
  return {
    name: "circuitBreaker",
    wrap: (next) => async (attempt) => {
      const startMs = clock.now();
      const record = records.at(attempt.endpoint);
      const admission = record.breaker.admit(startMs);
      if (admission === "refused") throw circuitOpen(record, startMs);
      const isProbe = admission === "probe";
      const limitMs = () => {
        const limitOf = isProbe ? probeTimeoutMs : patienceMs;
        return limitOf(record, attempt.delivery, firstEventTimeoutMs);
      };
      const tried = isProbe ? within(attempt, startMs + limitMs()) : attempt;
      const visit: Visit = { record, admission, clock, circuit };
      record.begin();
      try {
        const reply = await next(tried);
        record.answer(attempt.delivery, clock.now() - startMs);
        return attempt.delivery === "unary" ? whole(reply, visit) : watched(reply, visit);
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        const givenMs = (tried.firstEventByMs ?? Number.POSITIVE_INFINITY) - startMs;
        refused(error, visit, { isFair: givenMs + 1 >= limitMs() });
        throw error;
      }
    },
  };
}

/** An attempt that was let in. */
interface Visit {
  readonly record: WrittenRecord;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly circuit: CircuitOptions;
}

/** A probe must not make others wait for as long as an attempt may take. */
function within(attempt: Attempt, byMs: number): Attempt {
  const { firstEventByMs = byMs } = attempt;
  return { ...attempt, firstEventByMs: Math.min(firstEventByMs, byMs) };
}

function whole(reply: Reply, { record, admission }: Visit): Reply {
  record.breaker.succeed(admission);
  record.end();
  return reply;
}

/**
 * A stream has succeeded when it is whole, so that an endpoint which breaks every stream in the middle is found out. A
 * probe is over with its first event: a long answer must not keep everybody else waiting.
 */
function watched(reply: Reply, visit: Visit): Reply {
  const { record, admission, clock, circuit } = visit;
  if (admission === "probe") record.breaker.succeed(admission);
  const end = (ending: Ending) => {
    record.end();
    if (ending.kind === "finished") record.breaker.succeed("pass");
    if (ending.kind !== "failed") return;
    const verdict = verdictOn(GatewayError.from(ending.error), { isFair: true });
    if (verdict === "broken") record.breaker.fail("pass", clock.now(), circuit);
  };
  return { ...reply, events: tapEvents(reply.events, { end }) };
}

function refused(error: GatewayError, visit: Visit, { isFair }: { isFair: boolean }): void {
  const { record, admission, clock, circuit } = visit;
  record.end();
  if (!isOver(error)) record.fail();
  const verdict = verdictOn(error, { isFair });
  if (verdict === "broken") record.breaker.fail(admission, clock.now(), circuit);
  else if (verdict === "alive" && admission === "probe") record.breaker.succeed(admission);
  else record.breaker.leave(admission);
}

/** Nobody waited for it any more. */
function isOver({ reason }: GatewayError): boolean {
  return reason === ErrorReason.CANCELLED || reason === ErrorReason.DEADLINE_EXCEEDED;
}

/** When to ask again is when the next probe may be made; a probe that is under way takes about a second. */
function circuitOpen({ breaker, endpoint }: WrittenRecord, nowMs: number): GatewayError {
  const waitMs = (breaker.probeAtMs ?? nowMs) - nowMs;
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.CIRCUIT_OPEN,
    `The gateway does not ask ${endpoint.provider} in ${endpoint.region} for this model at the moment, because it failed too often. Ask again later, or ask another model.`,
    {
      retry: "other-endpoint",
      retryAfterMs: waitMs > 0 ? Math.ceil(waitMs) : 1000,
      metadata: { endpoint: endpointName(endpoint) },
    },
  );
}
