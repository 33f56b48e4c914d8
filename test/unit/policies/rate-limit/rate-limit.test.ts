import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { HopOutcome, HopSchema } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { RateLimits } from "../../../../server/core/policy.ts";
import { closeReply, type Reply } from "../../../../server/core/reply.ts";
import { createBuckets } from "../../../../server/policies/rate-limit/buckets.ts";
import { createLimiter } from "../../../../server/policies/rate-limit/limiter.ts";
import { rateLimit } from "../../../../server/policies/rate-limit/rate-limit.ts";
import { sampleCall, sampleRequest } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../../fakes/completion-events.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { samplePolicies, sampleRate } from "../../../fakes/policies.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

/** The sample request's prompt is estimated at 8 tokens. */
const promptTokens = 8;

function setUp(limits: RateLimits, ...answers: readonly Answer[]) {
  const clock = createManualClock(0);
  const buckets = createBuckets({ clock });
  const refusals: GatewayError[] = [];
  const handler = scriptedHandler<Call>(...answers);
  const handle = rateLimit({
    limiter: createLimiter({ clock, buckets }),
    policiesFor: () => samplePolicies({ rates: [sampleRate({ limits })] }),
    onLimited: (refusal) => refusals.push(refusal),
  }).wrap(handler.handle);
  const bucket = buckets.of("rates\nkey\ntest");
  return { clock, handler, handle, refusals, used: () => bucket.tokens.used(clock.now()), bucket };
}

const call = (change: Partial<Call> = {}) =>
  sampleCall({ request: sampleRequest({ maxTokens: 92 }), ...change });

async function read({ events }: Reply, count = Number.POSITIVE_INFINITY): Promise<void> {
  let left = count;
  for await (const _ of events) if (--left === 0) break;
}

const failure = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "Gone.");

function failedWith(...outputTokens: readonly number[]): GatewayError {
  const hops = outputTokens.map((tokens) =>
    create(HopSchema, { outcome: HopOutcome.FAILED, usage: sampleUsage(10, tokens) }),
  );
  return failure.with({ hops });
}

describe("the layer rateLimit", () => {
  it("sets the prompt and max_tokens aside, and afterwards counts what was used", async () => {
    const { handle, used } = setUp(
      { tokensPerMinute: 1000 },
      scriptedReply(textEvent("Paris"), completedEvent()),
    );
    const reply = await handle(call());
    assert.equal(used(), promptTokens + 92);
    await read(reply);
    assert.equal(used(), 14);
  });

  it("takes a call that does not say for one of 4,096 tokens", async () => {
    const { handle, used } = setUp({ tokensPerMinute: 10_000 }, scriptedReply(completedEvent()));
    await handle(call({ request: sampleRequest() }));
    assert.equal(used(), promptTokens + 4096);
  });

  for (const [about, answer, expected] of [
    ["nothing of a call that was never sent", { throws: failure }, 0],
    ["all attempts of a call that failed", { throws: failedWith(3, 5) }, 28],
    ["what a broken stream used", scriptedReply(textEvent("a"), { error: failedWith(7) }), 17],
    ["all attempts of an answer", twoHops(), 8 + 6 + 10 + 3],
    ["nothing of a replay", { ...scriptedReply(completedEvent()), replayOf: "other" }, 0],
  ] as const) {
    it(`counts ${about}`, async () => {
      const { handle, used, bucket } = setUp({ tokensPerMinute: 1000 }, answer);
      await handle(call())
        .then(read)
        .catch(() => {});
      assert.equal(used(), expected);
      assert.deepEqual([bucket.streams, bucket.underWay], [0, 0]);
    });
  }

  function twoHops(): Reply {
    const { hops } = failedWith(3);
    const served = create(HopSchema, { outcome: HopOutcome.SUCCEEDED, usage: sampleUsage() });
    const completed = completedEvent({ hops: [served] });
    return { ...scriptedReply(completed), hops };
  }

  it("counts what a caller read who left", async () => {
    const { handle, used } = setUp(
      { tokensPerMinute: 1000 },
      scriptedReply(textEvent("x".repeat(80)), textEvent("y"), completedEvent()),
    );
    await read(await handle(call()), 1);
    assert.equal(used(), promptTokens + 20);
  });

  for (const [way, end] of [
    ["is read to its end", (reply: Reply) => read(reply)],
    ["is left", (reply: Reply) => read(reply, 1)],
    ["is closed unread", closeReply],
  ] as const) {
    it(`gives a stream back that ${way}`, async () => {
      const answer = () => scriptedReply(textEvent("a"), textEvent("b"), completedEvent());
      const { handle, bucket } = setUp({ concurrentStreams: 1 }, answer(), answer());
      const reply = await handle(call());
      await assert.rejects(handle(call()), { reason: ErrorReason.RATE_LIMITED });
      await end(reply);
      assert.equal(bucket.streams, 0);
      await handle(call());
    });
  }

  it("gives a stream back that never began, and one that broke", async () => {
    const broken = scriptedReply(textEvent("a"), { error: failure });
    const { handle, bucket } = setUp({ concurrentStreams: 1 }, { throws: failure }, broken);
    await assert.rejects(handle(call()));
    assert.equal(bucket.streams, 0);
    await assert.rejects(read(await handle(call())));
    assert.equal(bucket.streams, 0);
  });

  it("counts no unary call as a stream", async () => {
    const { handle } = setUp({ concurrentStreams: 0 }, scriptedReply(completedEvent()));
    await handle(call({ delivery: "unary" }));
    await assert.rejects(handle(call()), { retryAfterMs: undefined });
  });

  it("refuses with the policy, the limit and the time, asks nobody, and tells of it", async () => {
    const { handle, handler, refusals } = setUp(
      { requestsPerMinute: 1 },
      scriptedReply(completedEvent()),
    );
    await handle(call());
    await assert.rejects(handle(call()), {
      code: Code.ResourceExhausted,
      reason: ErrorReason.RATE_LIMITED,
      retryAfterMs: 61_000,
      metadata: { policy: "rates", limit: "requests_per_minute" },
      message:
        "The policy rates allows 1 requests a minute, and there is no room for this one. Ask again in 61 s.",
    });
    assert.equal(handler.calls.length, 1);
    assert.equal(refusals.length, 1);
  });

  it("says how to ask for less where a call never fits", async () => {
    const { handle } = setUp({ tokensPerMinute: 50 }, scriptedReply(completedEvent()));
    await assert.rejects(handle(call()), {
      retryAfterMs: undefined,
      message:
        "The policy rates allows 50 tokens a minute, and this call may use 100, prompt and answer together. Lower max_tokens, or shorten the prompt.",
    });
  });

  it("leaves calls without a rate limit alone", async () => {
    const reply = scriptedReply(completedEvent());
    const clock = createManualClock();
    const layer = rateLimit({
      limiter: createLimiter({ clock, buckets: createBuckets({ clock }) }),
      policiesFor: () => samplePolicies(),
    });
    assert.equal(await layer.wrap(async () => reply)(call()), reply);
  });
});
