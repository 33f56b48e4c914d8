import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError, type Retry, reasonName } from "../../../server/core/error.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { circuitBreaker } from "../../../server/resilience/circuit-breaker.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { sampleAttempt, sampleEndpoint } from "../../fakes/calls.ts";
import { completedEvent, textEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, refusalOf, settle } from "../../fakes/outcomes.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

const circuit = { failures: 2, openMs: 100, openLimitMs: 400 };
const firstEventTimeoutMs = 60_000;

function error(reason: ErrorReason, retry: Retry): GatewayError {
  return new GatewayError(Code.Unavailable, reason, reasonName(reason), { retry });
}
const broken = error(ErrorReason.PROVIDER_UNAVAILABLE, "same-endpoint");
const timeout = error(ErrorReason.PROVIDER_TIMEOUT, "other-endpoint");

/** A breaker over a provider that does what the test says at the moment. */
function start() {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  const layer = circuitBreaker({ clock, records, circuit, firstEventTimeoutMs });
  const asked: Attempt[] = [];
  let answer: () => Promise<Reply> | Reply = () => scriptedReply(completedEvent());
  const handle = layer.wrap(async (attempt) => {
    asked.push(attempt);
    return answer();
  });
  const ask = (change: Partial<Attempt> = {}) =>
    handle(sampleAttempt({ delivery: "unary", ...change }));
  const fail = async (thrown: unknown, times = 1, change: Partial<Attempt> = {}) => {
    answer = () => Promise.reject(thrown);
    for (let time = 0; time < times; time++) await refusalOf(() => ask(change));
  };
  const record = () => {
    const found = records.of(sampleEndpoint());
    assert.ok(found);
    return found;
  };
  return {
    clock,
    records,
    asked,
    ask,
    fail,
    record,
    answers: (next: typeof answer) => {
      answer = next;
    },
  };
}

describe("circuitBreaker", () => {
  it("refuses an endpoint that failed in a row, says until when, and asks nobody", async () => {
    const { fail, ask, asked, clock } = start();
    await fail(broken, circuit.failures);
    clock.advance(30);
    const refusal = await refusalOf(() => ask());
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.retry, refusal.retryAfterMs],
      [Code.Unavailable, ErrorReason.CIRCUIT_OPEN, "other-endpoint", 70],
    );
    assert.equal(asked.length, 2);
  });

  it("leaves other endpoints alone", async () => {
    const { fail, ask, answers } = start();
    await fail(broken, circuit.failures);
    answers(() => scriptedReply(completedEvent()));
    await ask({ endpoint: sampleEndpoint({ region: "us-west-2" }) });
  });

  const harmless: readonly GatewayError[] = [
    error(ErrorReason.PROVIDER_THROTTLED, "same-endpoint"),
    error(ErrorReason.PROVIDER_QUOTA_EXHAUSTED, "other-endpoint"),
    error(ErrorReason.PROVIDER_ACCESS_DENIED, "other-endpoint"),
    error(ErrorReason.PROVIDER_CREDENTIALS, "other-endpoint"),
    error(ErrorReason.PROVIDER_REJECTED, "never"),
    error(ErrorReason.MODEL_NOT_FOUND, "other-endpoint"),
    error(ErrorReason.PROVIDER_UNAVAILABLE, "other-endpoint"),
    GatewayError.cancelled(),
    GatewayError.deadlineExceeded(),
    GatewayError.draining(),
    GatewayError.from(new TypeError("ours")),
  ];
  for (const each of harmless) {
    it(`is never opened by ${reasonName(each.reason)}, ${each.retry}`, async () => {
      const { fail, record } = start();
      await fail(each, 50);
      assert.equal(record().circuit, "closed");
    });
  }

  for (const each of [
    broken,
    timeout,
    error(ErrorReason.PROVIDER_MALFORMED_RESPONSE, "other-endpoint"),
  ]) {
    it(`is opened by ${reasonName(each.reason)}`, async () => {
      const { fail, record } = start();
      await fail(each, circuit.failures);
      assert.equal(record().circuit, "open");
    });
  }

  it("counts the silence of an endpoint of which nothing is known after the whole timeout only", async () => {
    const { fail, record, clock } = start();
    await fail(timeout, 10, { firstEventByMs: clock.now() + firstEventTimeoutMs - 100 });
    assert.equal(record().circuit, "closed");
    await fail(timeout, circuit.failures);
    assert.equal(record().circuit, "open");
  });

  it("does not blame an endpoint for callers in a hurry, but for silence that is longer than it ever needs", async () => {
    const { fail, record, records, clock } = start();
    for (let count = 0; count < 5; count++) records.at(sampleEndpoint()).answer("unary", 2000);
    await fail(timeout, 10, { firstEventByMs: clock.now() + 2900 });
    assert.equal(record().circuit, "closed");
    await fail(timeout, circuit.failures, { firstEventByMs: clock.now() + 3000 });
    assert.equal(record().circuit, "open");
  });

  it("lets one probe in, and everybody once that has its first event", async () => {
    const { fail, ask, asked, record, clock, answers } = start();
    await fail(broken, circuit.failures);
    clock.advance(circuit.openMs);
    const provider = Promise.withResolvers<Reply>();
    answers(() => provider.promise);
    const probe = ask({ delivery: "stream" });
    const others = [refusalOf(() => ask()), refusalOf(() => ask())];
    await settle();
    assert.equal(asked.length, 3);
    await Promise.all(others);
    assert.equal(record().circuit, "half-open");
    provider.resolve(scriptedReply(textEvent("a"), "silence"));
    await probe;
    assert.equal(record().circuit, "closed");
    answers(() => scriptedReply(completedEvent()));
    await Promise.all([ask(), ask()]);
  });

  for (const [name, usualMs, limitMs] of [
    ["half as much again as it needed lately", 8000, 12_000],
    ["ten seconds at least", 100, 10_000],
    ["the attempt timeout at most", 50_000, firstEventTimeoutMs],
    ["a minute while that is not known", undefined, 60_000],
  ] as const) {
    it(`gives a probe ${name}, because everybody else waits for it`, async () => {
      const { fail, asked, clock, records } = start();
      for (let count = 0; usualMs !== undefined && count < 5; count++) {
        records.at(sampleEndpoint()).answer("unary", usualMs);
      }
      await fail(broken, circuit.failures);
      clock.advance(circuit.openMs);
      await fail(timeout);
      assert.equal(asked[2]?.firstEventByMs, clock.now() + limitMs);
      assert.equal(records.of(sampleEndpoint())?.circuit, "open", "its silence counts");
    });
  }

  for (const [name, thrown, state] of [
    ["fails", broken, "open"],
    ["is throttled: the endpoint answers", harmless[0], "closed"],
    ["is rejected: the endpoint answers", harmless[4], "closed"],
    ["is cancelled: the next one is the probe", GatewayError.cancelled(), "half-open"],
  ] as const) {
    it(`is ${state} after a probe that ${name}`, async () => {
      const { fail, record, clock } = start();
      await fail(broken, circuit.failures);
      clock.advance(circuit.openMs);
      await fail(thrown);
      assert.equal(record().circuit, state);
    });
  }

  it("asks after a cancelled probe at once", async () => {
    const { fail, ask, clock, answers } = start();
    await fail(broken, circuit.failures);
    clock.advance(circuit.openMs);
    await fail(GatewayError.cancelled());
    answers(() => scriptedReply(completedEvent()));
    await ask();
  });

  it("finds out an endpoint that breaks every stream after its beginning", async () => {
    const { ask, answers, record } = start();
    for (let count = 0; count < circuit.failures; count++) {
      answers(() => scriptedReply(textEvent("a"), { error: broken }));
      const { events } = await ask({ delivery: "stream" });
      await refusalOf(() => readAll(events));
    }
    assert.equal(record().circuit, "open");
  });

  it("forgets failures when a stream is whole, not when a reader leaves it", async () => {
    const { ask, fail, answers, record } = start();
    const stream = () => scriptedReply(textEvent("a"), completedEvent());
    await fail(broken);
    answers(stream);
    for await (const _ of (await ask({ delivery: "stream" })).events) break;
    await fail(broken);
    assert.equal(record().circuit, "open");

    const again = start();
    await again.fail(broken);
    again.answers(stream);
    await readAll((await again.ask({ delivery: "stream" })).events);
    await again.fail(broken);
    assert.equal(again.record().circuit, "closed");
  });

  it("counts what is under way, streams to their end, and what came of it", async () => {
    const { ask, fail, answers, record } = start();
    answers(() => scriptedReply(textEvent("a"), completedEvent()));
    await ask();
    assert.deepEqual([record().inFlight, record().answered], [0, 1]);
    const { events } = await ask({ delivery: "stream" });
    assert.deepEqual([record().inFlight, record().answered], [1, 2]);
    await readAll(events);
    assert.equal(record().inFlight, 0);
    const provider = Promise.withResolvers<Reply>();
    answers(() => provider.promise);
    const pending = refusalOf(() => ask());
    await settle();
    assert.equal(record().inFlight, 1);
    provider.reject(broken);
    await pending;
    await fail(GatewayError.cancelled());
    assert.deepEqual([record().inFlight, record().failed], [0, 1]);
  });

  it("remembers how long first events took", async () => {
    const { ask, answers, clock, record } = start();
    answers(() => {
      clock.advance(250);
      return scriptedReply(completedEvent());
    });
    for (let count = 0; count < 5; count++) await ask();
    assert.equal(record().firstEventMs(0.5, "unary"), 250);
    assert.equal(record().firstEventMs(0.5, "stream"), undefined);
  });
});
