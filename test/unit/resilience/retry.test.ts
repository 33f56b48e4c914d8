import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  HopOutcome,
  HopReason,
  HopSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError, type GatewayErrorOptions } from "../../../server/core/error.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { retry } from "../../../server/resilience/retry.ts";
import { createRetryBudget } from "../../../server/resilience/retry-budget.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { reasonWord } from "../../fakes/hop-words.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { isSettled, refusalOf, settle } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const { PROVIDER_UNAVAILABLE, PROVIDER_THROTTLED, CIRCUIT_OPEN } = ErrorReason;
const hopAfter = (id: string) =>
  create(HopSchema, { providerRequestId: id, outcome: HopOutcome.FAILED });

function failure(
  id: string,
  options: GatewayErrorOptions & { reason?: ErrorReason } = {},
): { throws: GatewayError } {
  const { reason = PROVIDER_UNAVAILABLE, ...rest } = {
    retry: "same-endpoint" as const,
    ...options,
  };
  const hops = [hopAfter(id)];
  return { throws: new GatewayError(Code.Unavailable, reason, id, { hops, ...rest }) };
}

/** Jitter is always half of what it can be. */
const random = () => 0.5;

function start(script: readonly Answer[], change: { tries?: number; floor?: number } = {}) {
  const { tries = 4, floor = 10 } = change;
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  const budget = createRetryBudget({ clock, sharePercent: 10, floor });
  const handler = scriptedHandler<Attempt>(...script);
  const backoff = { baseMs: 100, limitMs: 300, retryAfterLimitMs: 5000, random };
  const handle = retry({ clock, tries, backoff, budget, records }).wrap(handler.handle);
  const asked = () => handler.calls.map(({ number, reason }) => `${number} ${reasonWord(reason)}`);
  const attempt = (options: Partial<Attempt> = {}) =>
    sampleAttempt({ deadlineMs: clock.now() + 100_000, ...options });
  return { clock, records, budget, handle, handler, asked, attempt };
}

const answer = () => scriptedReply(completedEvent());

describe("retry", () => {
  it("hands the first reply on as it is, and lets it pay into the budget", async () => {
    const reply = answer();
    const { handle, attempt, asked, budget } = start([reply], { floor: 0 });
    for (let count = 0; count < 10; count++) assert.equal(await handle(attempt()), reply);
    assert.equal(asked()[0], "1 FIRST");
    assert.equal(budget.balance, 1);
  });

  it("waits longer each time, up to the limit, and lists the hops that failed", async () => {
    const script = [failure("a"), failure("b"), failure("c"), answer()];
    const { handle, attempt, asked, clock } = start(script);
    const reply = handle(attempt());
    for (const [index, waitMs] of [50, 100, 150].entries()) {
      await settle();
      clock.advance(waitMs - 1);
      await settle();
      assert.equal(asked().length, index + 1);
      clock.advance(1);
    }
    const { hops } = await reply;
    assert.deepEqual(hops, [hopAfter("a"), hopAfter("b"), hopAfter("c")]);
    assert.deepEqual(asked(), ["1 FIRST", "2 RETRY", "3 RETRY", "4 RETRY"]);
    assert.equal(clock.armed, 0);
  });

  it("gives up after its tries, with the last error and every hop", async () => {
    const { handle, attempt, clock } = start([failure("a"), failure("b")], { tries: 2 });
    const refusal = refusalOf(() => handle(attempt()));
    await settle();
    clock.advance(50);
    const { message, hops } = await refusal;
    assert.equal(message, "b");
    assert.deepEqual(hops, [hopAfter("a"), hopAfter("b")]);
  });

  it("waits no less than the provider asks for", async () => {
    const { handle, attempt, asked, clock } = start([
      failure("a", { retryAfterMs: 700 }),
      answer(),
    ]);
    const reply = handle(attempt());
    await settle();
    clock.advance(749);
    await settle();
    assert.equal(asked().length, 1);
    clock.advance(1);
    await reply;
  });

  const now = 1000;
  const refusals: readonly (readonly [string, Parameters<typeof failure>[1], Partial<Attempt>])[] =
    [
      ["the error says that it will not help", { retry: "other-endpoint" }, {}],
      ["nobody can mend it", { retry: "never" }, {}],
      ["the provider asks for a longer wait than is waited for", { retryAfterMs: 5001 }, {}],
      ["the wait would pass the deadline", { retryAfterMs: 2000 }, { deadlineMs: now + 2000 }],
      [
        "the wait would take the time of another endpoint",
        { retryAfterMs: 2000 },
        { firstEventByMs: now + 2000 },
      ],
      [
        "the endpoint throttles and another one is left",
        { reason: PROVIDER_THROTTLED },
        { firstEventByMs: now + 50_000 },
      ],
      ["the caller has gone", {}, { signal: AbortSignal.abort() }],
    ];
  for (const [why, error, change] of refusals) {
    it(`does not wait at all when ${why}`, async () => {
      const { handle, attempt, asked, clock, budget } = start([failure("a", error)]);
      const refusal = await refusalOf(() => handle(attempt(change)));
      assert.equal(refusal.message, "a");
      assert.deepEqual([asked().length, clock.armed], [1, 0]);
      assert.equal(budget.balance, 10, "what is not made costs nothing");
    });
  }

  it("tries a throttled endpoint again when it is the last one", async () => {
    const throttled = failure("a", { reason: PROVIDER_THROTTLED });
    const { handle, attempt, clock, asked } = start([throttled, answer()]);
    const reply = handle(attempt());
    await settle();
    clock.advance(50);
    await reply;
    assert.equal(asked().length, 2);
  });

  it("does not wait for an endpoint whose circuit has opened", async () => {
    const { handle, attempt, records, clock } = start([failure("a")]);
    const options = { failures: 1, openMs: 9000, openLimitMs: 9000 };
    records.at(sampleEndpoint()).breaker.fail("pass", clock.now(), options);
    await refusalOf(() => handle(attempt()));
    assert.equal(clock.armed, 0);
  });

  it("does not let a circuit that opens meanwhile hide why the endpoint failed", async () => {
    const open = failure("b", { reason: CIRCUIT_OPEN, retry: "other-endpoint" });
    const { handle, attempt, clock } = start([failure("a"), open]);
    const refusal = refusalOf(() => handle(attempt()));
    await settle();
    clock.advance(50);
    const { reason, hops } = await refusal;
    assert.equal(reason, PROVIDER_UNAVAILABLE);
    assert.equal(hops.length, 2);
  });

  it("asks nobody again once the budget is spent", async () => {
    const { handle, attempt, asked, budget } = start([failure("a")], { floor: 0 });
    await refusalOf(() => handle(attempt()));
    assert.deepEqual([asked().length, budget.refused], [1, 1]);
  });

  it("ends a wait when the caller goes, with the hops so far, and leaves nothing behind", async () => {
    const { handle, attempt, clock } = start([failure("a")]);
    const caller = new AbortController();
    const reply = handle(attempt({ signal: caller.signal }));
    const refusal = refusalOf(() => reply);
    assert.equal(await isSettled(reply), false);
    caller.abort(GatewayError.deadlineExceeded());
    const { code, hops } = await refusal;
    assert.equal(code, Code.DeadlineExceeded);
    assert.deepEqual(hops, [hopAfter("a")]);
    assert.equal(clock.armed + getEventListeners(caller.signal, "abort").length, 0);
  });

  it("keeps why the endpoint was asked at all", async () => {
    const { handle, attempt, handler, asked, clock } = start([failure("a"), answer()]);
    const reply = handle(attempt({ number: 3, reason: HopReason.FAILOVER }));
    await settle();
    clock.advance(50);
    await reply;
    assert.deepEqual(asked(), ["3 FAILOVER", "4 RETRY"]);
    assert.equal(handler.calls[1]?.endpoint, handler.calls[0]?.endpoint);
  });
});
