import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  HopOutcome,
  HopReason,
  HopSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, Endpoint } from "../../../server/core/call.ts";
import { GatewayError, type Retry, reasonName } from "../../../server/core/error.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { sampleCall, sampleEndpoint, sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { hopWords, reasonWord } from "../../fakes/hop-words.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const first = sampleEndpoint({ region: "us-east-1" });
const second = sampleEndpoint({ region: "us-west-2" });
const third = sampleEndpoint({ region: "eu-west-1" });
const { PROVIDER_UNAVAILABLE, PROVIDER_THROTTLED, PROVIDER_ACCESS_DENIED } = ErrorReason;
const hopIn = (region: string, reason: ErrorReason = PROVIDER_UNAVAILABLE) =>
  create(HopSchema, {
    region,
    errorReason: reasonName(reason),
    reason: HopReason.FIRST,
    outcome: HopOutcome.FAILED,
  });

interface Failure {
  readonly retry: Retry;
  readonly code?: Code;
  readonly reason?: ErrorReason;
  readonly retryAfterMs?: number;
  readonly remedy?: string;
}

function failure(region: string, { retry, remedy, ...facts }: Failure): { throws: GatewayError } {
  const { code = Code.Unavailable, reason = PROVIDER_UNAVAILABLE, retryAfterMs } = facts;
  const metadata: Record<string, string> = remedy ? { remedy } : {};
  const options = { retry, hops: [hopIn(region, reason)], retryAfterMs, metadata };
  return { throws: new GatewayError(code, reason, region, options) };
}

const throttled = (region: string, retryAfterMs?: number) =>
  failure(region, {
    retry: "same-endpoint",
    code: Code.ResourceExhausted,
    reason: PROVIDER_THROTTLED,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

const answers = () => scriptedReply(completedEvent());

function start(...script: readonly Answer[]) {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  const handler = scriptedHandler<Attempt>(...script);
  const asked = () =>
    handler.calls.map(({ endpoint, number, reason }) =>
      [number, endpoint.region, reasonWord(reason)].join(" "),
    );
  /** What the endpoint needed lately. */
  const remember = (endpoint: Endpoint, ...timesMs: readonly number[]) => {
    for (const timeMs of timesMs) records.at(endpoint).answer("stream", timeMs);
  };
  const call = (endpoints: readonly [Endpoint, ...Endpoint[]], leftMs = 100_000) =>
    sampleRoutedCall(endpoints, { deadlineMs: clock.now() + leftMs });
  const budgets = () =>
    handler.calls.map(({ firstEventByMs }) => firstEventByMs && firstEventByMs - clock.now());
  const handle = failover({ clock, records }).wrap(handler.handle);
  return { handle, asked, clock, records, remember, call, budgets };
}

describe("failover", () => {
  it("asks one endpoint once and hands its reply on", async () => {
    const reply = answers();
    const { handle, asked, call } = start(reply);
    const answer = await handle(call([first]));
    assert.deepEqual(asked(), ["1 us-east-1 FIRST"]);
    assert.equal(answer, reply);
  });

  it("asks no second endpoint when the first one answers", async () => {
    const { handle, asked, call } = start(answers());
    await handle(call([first, second]));
    assert.deepEqual(asked(), ["1 us-east-1 FIRST"]);
  });

  for (const retry of ["same-endpoint", "other-endpoint"] as const) {
    it(`moves on when an error says ${retry}, and lists the hops that failed`, async () => {
      const { handle, asked, call } = start(
        failure("us-east-1", { retry }),
        failure("us-west-2", { retry }),
        answers(),
      );
      const { hops } = await handle(call([first, second, third]));
      assert.deepEqual(asked(), [
        "1 us-east-1 FIRST",
        "2 us-west-2 FAILOVER",
        "3 eu-west-1 FAILOVER",
      ]);
      assert.deepEqual(hops, [hopIn("us-east-1"), hopIn("us-west-2")]);
    });
  }

  it("stops at an error that no endpoint can mend, with the hops so far", async () => {
    const { handle, asked, call } = start(
      failure("us-east-1", { retry: "other-endpoint" }),
      failure("us-west-2", { retry: "never", reason: ErrorReason.PROVIDER_REJECTED }),
    );
    const refusal = await refusalOf(() => handle(call([first, second, third])));
    assert.equal(asked().length, 2);
    assert.equal(refusal.message, "us-west-2");
    assert.deepEqual(refusal.hops, [
      hopIn("us-east-1"),
      hopIn("us-west-2", ErrorReason.PROVIDER_REJECTED),
    ]);
  });

  it("stops at a fault of the gateway's own", async () => {
    const { handle, asked, call } = start({ throws: new TypeError("ours") });
    const refusal = await refusalOf(() => handle(call([first, second])));
    assert.equal(refusal.code, Code.Internal);
    assert.equal(asked().length, 1);
  });

  it("asks nobody else when the caller has gone", async () => {
    const caller = new AbortController();
    const asked: Attempt[] = [];
    const clock = createManualClock();
    const layer = failover({ clock, records: createEndpointRecords({ clock }) });
    const handle = layer.wrap(async (attempt) => {
      asked.push(attempt);
      caller.abort();
      throw failure("us-east-1", { retry: "other-endpoint" }).throws;
    });
    const refusal = await refusalOf(() =>
      handle(sampleRoutedCall([first, second], { signal: caller.signal })),
    );
    assert.equal(refusal.code, Code.Canceled);
    assert.deepEqual(refusal.hops, [hopIn("us-east-1")]);
    assert.equal(asked.length, 1);
  });
});

describe("failover, when everything failed", () => {
  it("lets the error of one attempt stay itself", async () => {
    const { handle, call } = start(failure("us-east-1", { retry: "other-endpoint" }));
    const refusal = await refusalOf(() => handle(call([first])));
    assert.equal(refusal.message, "us-east-1");
    assert.deepEqual(refusal.hops, [hopIn("us-east-1")]);
  });

  it("ends UNAVAILABLE with every hop, the shortest wait and what to do", async () => {
    const { handle, call } = start(
      failure("us-east-1", {
        retry: "other-endpoint",
        code: Code.FailedPrecondition,
        reason: PROVIDER_ACCESS_DENIED,
        remedy: "Enable it.",
      }),
      throttled("us-west-2", 3000),
      failure("eu-west-1", { retry: "same-endpoint", retryAfterMs: 2000 }),
    );
    const refusal = await refusalOf(() => handle(call([first, second, third])));
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.retryAfterMs, refusal.metadata.remedy],
      [Code.Unavailable, ErrorReason.ALL_ATTEMPTS_FAILED, 2000, "Enable it."],
    );
    assert.equal(refusal.hops.length, 3);
    assert.match(refusal.message, /^All 3 attempts failed: .*PROVIDER_THROTTLED.* Ask again/);
  });

  it("ends UNAVAILABLE too when all were unavailable", async () => {
    const { handle, call } = start(
      failure("us-east-1", { retry: "same-endpoint" }),
      failure("us-west-2", { retry: "same-endpoint" }),
    );
    const refusal = await refusalOf(() => handle(call([first, second])));
    assert.equal(refusal.reason, ErrorReason.ALL_ATTEMPTS_FAILED);
  });

  it("stays throttled when all throttled, with the shortest wait", async () => {
    const { handle, call } = start(throttled("us-east-1", 3000), throttled("us-west-2", 2000));
    const refusal = await refusalOf(() => handle(call([first, second])));
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.retryAfterMs, refusal.hops.length],
      [Code.ResourceExhausted, PROVIDER_THROTTLED, 2000, 2],
    );
  });

  it("stays denied when all denied: waiting does not help", async () => {
    const denied = { code: Code.FailedPrecondition, reason: PROVIDER_ACCESS_DENIED };
    const { handle, call } = start(
      failure("us-east-1", { retry: "other-endpoint", ...denied, remedy: "Enable it." }),
      failure("us-west-2", { retry: "other-endpoint", ...denied }),
    );
    const refusal = await refusalOf(() => handle(call([first, second])));
    assert.deepEqual(
      [refusal.code, refusal.reason, refusal.metadata.remedy, refusal.hops.length],
      [Code.FailedPrecondition, PROVIDER_ACCESS_DENIED, "Enable it.", 2],
    );
  });
});

describe("failover, by the time that is left", () => {
  it("gives a single endpoint all of it", async () => {
    const { handle, call, budgets } = start(answers());
    await handle(call([first], 1000));
    assert.deepEqual(budgets(), [undefined]);
  });

  it("shares a short time out, twice as much to the one that is asked, and gives the last one the rest", async () => {
    const failed = failure("us-east-1", { retry: "other-endpoint" });
    const { handle, call, budgets } = start(failed, failed, answers());
    await handle(call([first, second, third], 900));
    assert.deepEqual(budgets(), [450, 600, undefined]);
  });

  it("keeps no more for the others than half as much again as they needed lately, or five seconds each", async () => {
    const { handle, call, budgets, remember } = start(answers());
    remember(second, 100, 200, 300, 400, 500);
    await handle(call([first, second, third], 100_000));
    assert.deepEqual(budgets(), [100_000 - 750 - 5000]);
  });

  it("cuts no endpoint short of what it needed lately itself", async () => {
    const { handle, call, budgets, remember } = start(answers());
    remember(first, 200, 300, 400, 500, 600);
    await handle(call([first, second], 1000));
    assert.deepEqual(budgets(), [900]);
  });

  it("lets it have everything when that is what it may need", async () => {
    const { handle, call, budgets, remember } = start(answers());
    remember(first, 800, 800, 800, 800, 800);
    await handle(call([first, second], 1000));
    assert.deepEqual(budgets(), [1000]);
  });

  it("keeps nothing for an endpoint whose circuit is open", async () => {
    const { handle, call, budgets, records, clock } = start(answers());
    const options = { failures: 1, openMs: 5000, openLimitMs: 5000 };
    records.at(second).breaker.fail("pass", clock.now(), options);
    await handle(call([first, second], 1000));
    assert.deepEqual(budgets(), [undefined]);
  });

  it("skips an endpoint that cannot finish, and says so in a hop", async () => {
    const { handle, asked, call, remember } = start(
      failure("us-east-1", { retry: "other-endpoint" }),
      answers(),
    );
    remember(second, 1500, 1500, 1500, 1500, 1500);
    const { hops } = await handle(call([first, second, third], 1000));
    assert.deepEqual(asked(), ["1 us-east-1 FIRST", "3 eu-west-1 FAILOVER"]);
    assert.deepEqual(hops.map(hopWords), [
      "FIRST us-east-1 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-west-2 SKIPPED DEADLINE_EXCEEDED",
    ]);
  });

  it("asks the first endpoint in spite of its record when no other would be faster", async () => {
    const { handle, asked, call, remember } = start(answers());
    remember(first, 1500, 1500, 1500, 1500, 1500);
    remember(second, 1500, 1500, 1500, 1500, 1500);
    await handle(call([first, second], 1000));
    assert.deepEqual(asked(), ["1 us-east-1 FIRST"]);
  });

  it("ends with the deadline when it leaves no time to ask another", async () => {
    const clock = createManualClock();
    const layer = failover({ clock, records: createEndpointRecords({ clock }) });
    const handle = layer.wrap(async () => {
      clock.advance(995);
      throw failure("us-east-1", { retry: "other-endpoint" }).throws;
    });
    const call = { ...sampleCall({ deadlineMs: clock.now() + 1000 }) };
    const refusal = await refusalOf(() =>
      handle({ ...call, route: { endpoints: [first, second] } }),
    );
    assert.equal(refusal.code, Code.DeadlineExceeded);
    assert.deepEqual(refusal.hops.map(hopWords), [
      "FIRST us-east-1 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-west-2 SKIPPED DEADLINE_EXCEEDED",
    ]);
  });
});
