import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  array,
  asyncProperty,
  assert as checks,
  constantFrom,
  integer,
  record,
  sample,
} from "fast-check";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { Handler } from "../../../server/core/layer.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { attemptTimeout } from "../../../server/resilience/attempt-timeout.ts";
import { circuitBreaker } from "../../../server/resilience/circuit-breaker.ts";
import { deadline } from "../../../server/resilience/deadline.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { hop } from "../../../server/resilience/hop.ts";
import { retry } from "../../../server/resilience/retry.ts";
import { createRetryBudget } from "../../../server/resilience/retry-budget.ts";
import { sampleCall, sampleEndpoint } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { createManualClock, type ManualClock } from "../../fakes/manual-clock.ts";
import { settle } from "../../fakes/outcomes.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

/** What a provider does with one attempt, after so long. */
interface Behaviour {
  readonly outcome: "answer" | "throttled" | "unavailable" | "denied" | "silence";
  readonly afterMs: number;
  readonly retryAfterMs: number;
}

const behaviour = record<Behaviour>({
  outcome: constantFrom("answer", "throttled", "unavailable", "unavailable", "denied", "silence"),
  afterMs: integer({ min: 0, max: 400 }),
  retryAfterMs: integer({ min: 0, max: 300 }),
});

const endpoints = [
  sampleEndpoint({ region: "us-east-1" }),
  sampleEndpoint({ region: "us-west-2" }),
  sampleEndpoint({ region: "eu-west-1" }),
] as const;

function errorOf({ outcome, retryAfterMs }: Behaviour): GatewayError {
  if (outcome === "denied") {
    const reason = ErrorReason.PROVIDER_ACCESS_DENIED;
    return new GatewayError(Code.FailedPrecondition, reason, "", { retry: "other-endpoint" });
  }
  const reason =
    outcome === "throttled" ? ErrorReason.PROVIDER_THROTTLED : ErrorReason.PROVIDER_UNAVAILABLE;
  return new GatewayError(Code.Unavailable, reason, "", { retry: "same-endpoint", retryAfterMs });
}

/** All layers that wait, over providers that behave as told, attempt after attempt. */
function start(clock: ManualClock, behaviours: readonly Behaviour[], isHedged: boolean) {
  const records = createEndpointRecords({ clock });
  const budget = createRetryBudget({ clock, sharePercent: 10, floor: 10 });
  const hedges = createRetryBudget({ clock, sharePercent: 100, floor: 0 });
  const seen = { attempts: 0, retries: 0, answers: 0 };
  const provider: Handler<Attempt> = (attempt) => {
    const next = behaviours[seen.attempts++ % behaviours.length];
    assert.ok(next && !attempt.signal.aborted, "nobody is asked when the time is up");
    return new Promise<Reply>((resolve, reject) => {
      if (next.outcome === "silence") return;
      clock.after(next.afterMs, () => {
        if (next.outcome === "answer") resolve(scriptedReply(completedEvent()));
        else reject(errorOf(next));
      });
    });
  };
  const counted = { ...budget, withdraw: () => budget.withdraw() && ++seen.retries > 0 };
  const backoff = { baseMs: 100, limitMs: 200, retryAfterLimitMs: 250, random: () => 0.7 };
  const circuit = { failures: 4, openMs: 200, openLimitMs: 800 };
  const hedging = isHedged ? { share: 0.5, budget: hedges } : undefined;
  const inner = [
    retry({ clock, tries: 3, backoff, budget: counted, records }),
    hop({ clock }),
    circuitBreaker({ clock, records, circuit, firstEventTimeoutMs: 500 }),
    attemptTimeout({ clock, firstEventTimeoutMs: 500, idleTimeoutMs: 500 }),
  ].reduceRight((next, layer) => layer.wrap(next), provider);
  const routed = failover({ clock, records, hedging }).wrap(inner);
  const handle = deadline({ clock }).wrap((call) => routed({ ...call, route: { endpoints } }));
  return { handle, seen, records };
}

/** Lets the time go on until the call is over; gives how long that took. */
async function runToEnd(clock: ManualClock, call: Promise<unknown>): Promise<number> {
  const beganMs = clock.now();
  let isOver = false;
  call.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for (await settle(); !isOver; await settle()) clock.advance(5);
  return clock.now() - beganMs;
}

describe("deadline, failover, hedging, retry, circuits and timeouts together", () => {
  for (const isHedged of [false, true]) {
    it(`never take longer than the deadline, ${isHedged ? "with" : "without"} hedging`, async () => {
      await checks(
        asyncProperty(
          array(behaviour, { minLength: 1, maxLength: 12 }),
          array(integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 }),
          async (behaviours, timeouts) => {
            const clock = createManualClock();
            const { handle, records } = start(clock, behaviours, isHedged);
            // Hedging needs to know what is usual.
            for (const endpoint of endpoints) {
              for (let count = 0; isHedged && count < 5; count++) {
                records.at(endpoint).answer("unary", 50);
              }
            }
            for (const timeoutMs of timeouts) {
              const deadlineMs = clock.now() + timeoutMs;
              const call = handle(sampleCall({ delivery: "unary", deadlineMs }));
              const tookMs = await runToEnd(clock, call);
              assert.ok(tookMs <= Math.ceil(timeoutMs / 5) * 5, `${tookMs} of ${timeoutMs} ms`);
            }
            assert.ok(records.all().every(({ inFlight }) => inFlight === 0));
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it("never make more retries than the budget has, with many calls at once", async () => {
    for (const behaviours of sample(array(behaviour, { minLength: 1, maxLength: 6 }), 20)) {
      const clock = createManualClock();
      const beganMs = clock.now();
      const { handle, seen } = start(clock, behaviours, false);
      let answered = 0;
      for (let round = 0; round < 5; round++) {
        const calls = Array.from({ length: 20 }, async () => {
          await handle(sampleCall({ delivery: "unary", deadlineMs: clock.now() + 1000 }));
          answered++;
        });
        await runToEnd(clock, Promise.allSettled(calls));
        const seconds = (clock.now() - beganMs) / 1000;
        assert.ok(seen.retries <= 10 + seconds + answered / 10);
      }
    }
  });
});
