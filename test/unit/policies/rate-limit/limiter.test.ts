import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call } from "../../../../server/core/call.ts";
import { GatewayError, reasonName } from "../../../../server/core/error.ts";
import type { RateLimitPolicy } from "../../../../server/core/policy.ts";
import { createBuckets } from "../../../../server/policies/rate-limit/buckets.ts";
import type { Need } from "../../../../server/policies/rate-limit/claim.ts";
import type { Grant } from "../../../../server/policies/rate-limit/grant.ts";
import { createLimiter } from "../../../../server/policies/rate-limit/limiter.ts";
import { sampleCall } from "../../../fakes/calls.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { samplePolicies, sampleRate } from "../../../fakes/policies.ts";

/** What became of a call: let in, refused with a limit and how many milliseconds, or undefined while it waits. */
interface Asked {
  outcome?: "in" | string;
  grant?: Grant;
}

function setUp(...rates: readonly RateLimitPolicy[]) {
  const clock = createManualClock(0);
  const buckets = createBuckets({ clock });
  const limiter = createLimiter({ clock, buckets, mostWaiting: 3 });
  const ask = async (change: Partial<Call> & { need?: Partial<Need>; model?: string } = {}) => {
    const { need, model = "claude", ...call } = change;
    const asked: Asked = {};
    const policies = samplePolicies({ rates, model });
    const admitted = limiter.admit(sampleCall(call), policies, {
      tokens: 0,
      isStream: false,
      ...need,
    });
    admitted.then(
      (grant) => Object.assign(asked, { outcome: "in", grant }),
      (error) => (asked.outcome = wordsOf(error)),
    );
    await turn();
    return asked;
  };
  const advance = async (ms: number) => {
    clock.advance(ms);
    await turn();
  };
  return { clock, buckets, ask, advance };
}

function wordsOf(error: unknown): string {
  const { reason, metadata, retryAfterMs } = GatewayError.from(error);
  if (reason !== ErrorReason.RATE_LIMITED) return reasonName(reason);
  return `${metadata.policy} ${metadata.limit} ${retryAfterMs}`;
}

const requests = (requestsPerMinute: number, change: Partial<RateLimitPolicy> = {}) =>
  sampleRate({ limits: { requestsPerMinute }, ...change });

describe("a rate limit", () => {
  it("lets as many requests in as it says, and tells the next one when", async () => {
    const { ask, advance } = setUp(requests(2));
    assert.equal((await ask()).outcome, "in");
    await advance(10_500);
    assert.equal((await ask()).outcome, "in");
    await advance(9_500);
    assert.equal((await ask()).outcome, "rates requests_per_minute 41000");
    await advance(40_999);
    assert.equal((await ask()).outcome, "rates requests_per_minute 1");
    await advance(1);
    assert.equal((await ask()).outcome, "in");
    assert.equal((await ask()).outcome, "rates requests_per_minute 10000");
  });

  it("takes nothing from a call that it refuses, at any of its policies", async () => {
    const tokens = sampleRate({ name: "tokens", limits: { tokensPerMinute: 100 } });
    const { ask, buckets, clock } = setUp(requests(5), tokens);
    await ask({ need: { tokens: 80 } });
    for (let n = 0; n < 20; n++) {
      assert.match(
        (await ask({ need: { tokens: 50 } })).outcome ?? "",
        /^tokens tokens_per_minute/,
      );
    }
    assert.equal(buckets.of("rates\nkey\ntest").requests.used(clock.now()), 1);
    assert.equal(buckets.of("tokens\nkey\ntest").tokens.used(clock.now()), 80);
    assert.equal((await ask({ need: { tokens: 20 } })).outcome, "in");
  });

  for (const [scope, isSeparate] of [
    ["gateway", { key: false, tenant: false, model: false }],
    ["key", { key: true, tenant: false, model: false }],
    ["tenant", { key: false, tenant: true, model: false }],
    ["model", { key: false, tenant: false, model: true }],
    ["key_and_model", { key: true, tenant: false, model: true }],
  ] as const) {
    it(`is counted by ${scope}`, async () => {
      const { ask } = setUp(requests(1, { scope }));
      await ask({ principal: { name: "a", tenant: "t" }, model: "m" });
      const again = async (change: Parameters<typeof ask>[0]) =>
        (await ask(change)).outcome === "in";
      const same = { name: "a", tenant: "t" };
      assert.equal(await again({ principal: same, model: "m" }), false);
      assert.equal(await again({ principal: { ...same, name: "b" }, model: "m" }), isSeparate.key);
      assert.equal(
        await again({ principal: { ...same, tenant: "u" }, model: "m" }),
        isSeparate.tenant,
      );
      assert.equal(await again({ principal: same, model: "n" }), isSeparate.model);
    });
  }

  it("sets tokens aside, and counts what was really used", async () => {
    const { ask } = setUp(sampleRate({ limits: { tokensPerMinute: 1000 } }));
    const first = await ask({ need: { tokens: 900 } });
    assert.equal((await ask({ need: { tokens: 200 } })).outcome, "rates tokens_per_minute 61000");
    first.grant?.end(300);
    first.grant?.end(0);
    assert.equal((await ask({ need: { tokens: 701 } })).outcome, "rates tokens_per_minute 61000");
    assert.equal((await ask({ need: { tokens: 700 } })).outcome, "in");
  });

  it("counts what a call used beyond what it set aside", async () => {
    const { ask, advance } = setUp(sampleRate({ limits: { tokensPerMinute: 1000 } }));
    const first = await ask({ need: { tokens: 100 } });
    await advance(30_000);
    first.grant?.end(1000);
    assert.equal((await ask({ need: { tokens: 1 } })).outcome, "rates tokens_per_minute 31000");
  });

  it("refuses for good what never fits", async () => {
    const { ask } = setUp(sampleRate({ limits: { tokensPerMinute: 1000 }, waitMs: 60_000 }));
    const asked = await ask({ need: { tokens: 1001 } });
    assert.equal(asked.outcome, "rates tokens_per_minute undefined");
  });

  it("counts open streams alone, and lets the next one in when one ends", async () => {
    const { ask, advance } = setUp(sampleRate({ limits: { concurrentStreams: 1 } }));
    const first = await ask({ need: { isStream: true } });
    assert.equal((await ask()).outcome, "in");
    await advance(600_000);
    assert.equal(
      (await ask({ need: { isStream: true } })).outcome,
      "rates concurrent_streams 1000",
    );
    first.grant?.end(0);
    first.grant?.end(0);
    assert.equal((await ask({ need: { isStream: true } })).outcome, "in");
    assert.equal(
      (await ask({ need: { isStream: true } })).outcome,
      "rates concurrent_streams 1000",
    );
  });
});

describe("a queue before a rate limit", () => {
  const waiting = (waitMs: number, requestsPerMinute = 1) =>
    requests(requestsPerMinute, { waitMs });

  it("lets calls in when their turn comes, in the order in which they came", async () => {
    const { clock, ask, advance } = setUp(waiting(200_000));
    await ask();
    const calls = [await ask(), await ask(), await ask()];
    const state = () => calls.map(({ outcome = "waits" }) => outcome);
    assert.deepEqual(state(), ["waits", "waits", "waits"]);
    await advance(61_000);
    assert.deepEqual(state(), ["in", "waits", "waits"]);
    await advance(61_000);
    assert.deepEqual(state(), ["in", "in", "waits"]);
    await advance(61_000);
    assert.deepEqual(state(), ["in", "in", "in"]);
    assert.equal(clock.armed, 0);
  });

  it("is overtaken by nobody, even when there is room", async () => {
    const { ask } = setUp(sampleRate({ limits: { tokensPerMinute: 100 }, waitMs: 60_000 }));
    const running = await ask({ need: { tokens: 60 } });
    const large = await ask({ need: { tokens: 90 } });
    const small = await ask({ need: { tokens: 10 } });
    assert.equal(small.outcome, undefined);
    running.grant?.end(0);
    await turn();
    assert.equal(large.outcome, "in");
    assert.equal(small.outcome, "in");
  });

  it("refuses at once what cannot have its turn in time", async () => {
    const { clock, ask } = setUp(waiting(30_000));
    await ask();
    assert.equal((await ask()).outcome, "rates requests_per_minute 61000");
    assert.equal(clock.armed, 0);
  });

  it("refuses when the time is up, and says when", async () => {
    const { clock, ask, advance } = setUp(
      sampleRate({ limits: { concurrentStreams: 1 }, waitMs: 5000 }),
    );
    await ask({ need: { isStream: true } });
    const late = await ask({ need: { isStream: true } });
    await advance(4999);
    assert.equal(late.outcome, undefined);
    await advance(1);
    assert.equal(late.outcome, "rates concurrent_streams 1000");
    assert.equal(clock.armed, 0);
  });

  it("keeps nobody beyond its deadline", async () => {
    const { clock, ask, advance } = setUp(waiting(100_000));
    await ask();
    const hasNoTime = await ask({ deadlineMs: 60_000 });
    assert.equal(hasNoTime.outcome, "rates requests_per_minute 61000");
    const hasTime = await ask({ deadlineMs: 70_000 });
    await advance(61_000);
    assert.equal(hasTime.outcome, "in");
    assert.equal(clock.armed, 0);
  });

  it("lets a caller go that has gone, and those behind it in", async () => {
    const { clock, ask, advance } = setUp(waiting(200_000));
    await ask();
    const leaving = new AbortController();
    const left = await ask({ signal: leaving.signal });
    const next = await ask();
    leaving.abort();
    await turn();
    assert.equal(left.outcome, "CANCELLED");
    await advance(61_000);
    assert.equal(next.outcome, "in");
    assert.equal(clock.armed, 0);
  });

  it("has a length", async () => {
    const { ask } = setUp(waiting(300_000));
    await ask();
    for (let n = 0; n < 3; n++) assert.equal((await ask()).outcome, undefined);
    assert.match((await ask()).outcome ?? "", /^rates requests_per_minute/);
  });

  it("is left for another where another policy blocks then", async () => {
    const streams = sampleRate({
      name: "streams",
      limits: { concurrentStreams: 1 },
      waitMs: 200_000,
    });
    const { clock, ask, advance } = setUp(waiting(100_000, 2), streams);
    const first = await ask({ need: { isStream: true } });
    await ask();
    const second = await ask({ need: { isStream: true } });
    const third = await ask();
    await advance(61_000);
    assert.equal(second.outcome, undefined, "still waits for the stream");
    assert.equal(third.outcome, "in");
    first.grant?.end(0);
    await turn();
    assert.equal(second.outcome, "in");
    assert.equal(clock.armed, 0);
  });
});
