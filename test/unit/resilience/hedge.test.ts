import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { UsageSource } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError, type Retry } from "../../../server/core/error.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { attemptTimeout } from "../../../server/resilience/attempt-timeout.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { hop } from "../../../server/resilience/hop.ts";
import { createRetryBudget } from "../../../server/resilience/retry-budget.ts";
import { sampleEndpoint, sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { hopWords } from "../../fakes/hop-words.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, refusalOf, settle } from "../../fakes/outcomes.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

const first = sampleEndpoint({ region: "us-east-1" });
const second = sampleEndpoint({ region: "us-west-2" });
const third = sampleEndpoint({ region: "eu-west-1" });
const usualMs = 200;

/** Hedging over providers that answer when the test says so; the first endpoint usually takes 200 ms. */
function start({ sharePercent = 100, delivery = "stream" as Attempt["delivery"] } = {}) {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  for (let count = 0; count < 5; count++) records.at(first).answer(delivery, usualMs);
  const providers: PromiseWithResolvers<Reply>[] = [];
  const asked: Attempt[] = [];
  const budget = createRetryBudget({ clock, sharePercent, floor: 0 });
  const layers = [
    hop({ clock }),
    attemptTimeout({ clock, firstEventTimeoutMs: 5000, idleTimeoutMs: 5000 }),
  ];
  const inner = layers.reduceRight(
    (next, layer) => layer.wrap(next),
    (attempt: Attempt) => {
      const provider = Promise.withResolvers<Reply>();
      providers.push(provider);
      asked.push(attempt);
      return provider.promise;
    },
  );
  const handle = failover({ clock, records, hedging: { share: 0.95, budget } }).wrap(inner);
  const caller = new AbortController();
  const call = sampleRoutedCall([first, second, third], { delivery, signal: caller.signal });
  const reply = handle({ ...call, deadlineMs: clock.now() + 60_000 });
  reply.catch(() => {});
  const answer = (index: number) => providers[index]?.resolve(scriptedReply(completedEvent()));
  const fail = (index: number, retry: Retry) =>
    providers[index]?.reject(
      new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, `${index}`, { retry }),
    );
  const regions = () => asked.map(({ endpoint, number }) => `${number} ${endpoint.region}`);
  const late = async () => {
    clock.advance(usualMs);
    await settle();
  };
  return { clock, caller, reply, answer, fail, regions, asked, late, handle, call };
}

describe("hedging", () => {
  it("asks nobody else while the first event is not late", async () => {
    const { clock, reply, answer, regions } = start();
    clock.advance(usualMs - 1);
    await settle();
    answer(0);
    assert.deepEqual((await reply).hops, []);
    clock.advance(usualMs);
    assert.deepEqual(regions(), ["1 us-east-1"]);
    assert.equal(clock.armed, 1, "only the watch over the stream's silence is left");
  });

  it("asks a second endpoint when it is, and cancels and prices the one that loses", async () => {
    const { reply, answer, asked, regions, late } = start();
    await late();
    assert.deepEqual(regions(), ["1 us-east-1", "2 us-west-2"]);
    answer(1);
    const { hops, events } = await reply;
    assert.deepEqual(hops.map(hopWords), ["FIRST us-east-1 CANCELLED CANCELLED"]);
    assert.equal(hops[0]?.usage?.source, UsageSource.ESTIMATED);
    assert.ok((hops[0]?.cost?.nanoUsd ?? 0n) > 0n);
    assert.ok(asked[0]?.signal.aborted);
    const [completed] = await readAll(events);
    assert.ok(completed?.case === "completed");
    assert.deepEqual(completed.value.hops.map(hopWords), ["HEDGE us-west-2 SUCCEEDED"]);
  });

  it("cancels the second one when the first answers after all", async () => {
    const { reply, answer, asked, late } = start({ delivery: "unary" });
    await late();
    answer(0);
    const { hops } = await reply;
    assert.deepEqual(hops.map(hopWords), ["HEDGE us-west-2 CANCELLED CANCELLED"]);
    assert.ok(asked[1]?.signal.aborted);
    assert.ok(!asked[0]?.signal.aborted);
  });

  it("goes on with the other when one of the two fails, and past both when both do", async () => {
    const one = start();
    await one.late();
    one.fail(1, "same-endpoint");
    await settle();
    one.answer(0);
    assert.deepEqual((await one.reply).hops.map(hopWords), [
      "HEDGE us-west-2 FAILED PROVIDER_UNAVAILABLE",
    ]);

    const both = start();
    await both.late();
    both.fail(0, "same-endpoint");
    both.fail(1, "other-endpoint");
    await settle();
    assert.deepEqual(both.regions(), ["1 us-east-1", "2 us-west-2", "3 eu-west-1"]);
    both.answer(2);
    assert.equal((await both.reply).hops.length, 2);
  });

  it("ends both at an error that nobody can mend", async () => {
    const { reply, fail, asked, late } = start();
    await late();
    fail(1, "never");
    const { message, hops } = await refusalOf(() => reply);
    assert.equal(message, "1");
    assert.deepEqual(hops.map(hopWords), [
      "HEDGE us-west-2 FAILED PROVIDER_UNAVAILABLE",
      "FIRST us-east-1 CANCELLED CANCELLED",
    ]);
    assert.ok(asked[0]?.signal.aborted);
  });

  it("ends both when the caller goes, and leaves nothing behind", async () => {
    const { reply, caller, asked, late, clock } = start();
    await late();
    caller.abort();
    const { code, hops } = await refusalOf(() => reply);
    assert.equal(code, Code.Canceled);
    assert.equal(hops.length, 2);
    assert.ok(asked.every(({ signal }) => signal.aborted));
    assert.equal(clock.armed + getEventListeners(caller.signal, "abort").length, 0);
  });

  it("keeps to its share of the calls", async () => {
    const { late, regions, answer, handle, call } = start({ sharePercent: 34 });
    await late();
    assert.deepEqual(regions(), ["1 us-east-1"], "a third of one call is not yet a hedge");
    answer(0);
    for (const index of [1, 2]) {
      void handle(call);
      await settle();
      if (index === 1) answer(1);
    }
    await late();
    assert.deepEqual(regions().at(-1), "2 us-west-2");
  });

  it("does not hedge an endpoint of whose times little is known", async () => {
    const { handle, call, regions, late } = start();
    void handle({ ...call, route: { endpoints: [second, third] } });
    await late();
    assert.ok(!regions().includes("2 eu-west-1"));
  });
});
