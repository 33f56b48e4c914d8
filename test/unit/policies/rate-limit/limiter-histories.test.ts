import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import type { Bucket } from "../../../../server/policies/rate-limit/bucket.ts";
import { createBuckets } from "../../../../server/policies/rate-limit/buckets.ts";
import type { Grant } from "../../../../server/policies/rate-limit/grant.ts";
import { createLimiter } from "../../../../server/policies/rate-limit/limiter.ts";
import { sampleCall } from "../../../fakes/calls.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { samplePolicies, sampleRate } from "../../../fakes/policies.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

const limits = { requestsPerMinute: 6, tokensPerMinute: 100, concurrentStreams: 2 };

/** What happens next. Calls are named by their place among those that fit. */
type Happening =
  | { readonly kind: "call"; readonly tokens: number; readonly isStream: boolean }
  | { readonly kind: "end"; readonly which: number; readonly share: number }
  | { readonly kind: "leave"; readonly which: number }
  | { readonly kind: "wait"; readonly ms: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("call" as const),
      tokens: fc.integer({ min: 1, max: 60 }),
      isStream: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("end" as const),
      which: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat(20) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 70_000 })),
    }),
  },
);

interface Made {
  readonly number: number;
  readonly tokens: number;
  readonly isStream: boolean;
  readonly leaving: AbortController;
  state: "waits" | "in" | "refused" | "over";
  grant?: Grant;
  used: number;
}

/** When each call was really let in: its promise settles a little later. */
function watchAdds({ requests }: Bucket): readonly number[] {
  const timesMs: number[] = [];
  const add = requests.add;
  requests.add = (nowMs, amount) => {
    timesMs.push(nowMs);
    return add(nowMs, amount);
  };
  return timesMs;
}

/** Runs a history, and looks after every step whether a limit was broken. */
async function live(history: readonly Happening[], waitMs: number): Promise<number> {
  const clock = createManualClock(0);
  const buckets = createBuckets({ clock });
  const limiter = createLimiter({ clock, buckets });
  const policies = samplePolicies({ rates: [sampleRate({ limits, waitMs })] });
  const made: Made[] = [];
  const admitted: Made[] = [];
  const bucket = buckets.of("rates\nkey\ntest");
  const timesMs = watchAdds(bucket);
  const some = (state: Made["state"], which: number) => {
    const fitting = made.filter((each) => each.state === state);
    return fitting[which % Math.max(fitting.length, 1)];
  };
  const call = ({ tokens, isStream }: { tokens: number; isStream: boolean }) => {
    const leaving = new AbortController();
    const one: Made = {
      number: made.length,
      tokens,
      isStream,
      leaving,
      state: "waits",
      used: tokens,
    };
    made.push(one);
    limiter.admit(sampleCall({ signal: leaving.signal }), policies, { tokens, isStream }).then(
      (grant) => {
        Object.assign(one, { state: "in", grant });
        admitted.push(one);
      },
      () => (one.state = "refused"),
    );
  };
  const end = (one: Made | undefined, share: number) => {
    if (!one?.grant) return;
    one.state = "over";
    one.used = Math.floor(one.tokens * share);
    one.grant.end(one.used);
  };
  const check = () => {
    assert.equal(timesMs.length, admitted.length);
    const isRecent = (index: number) => (timesMs[index] ?? 0) > clock.now() - 60_000;
    const recent = admitted.filter((_, index) => isRecent(index));
    assert.ok(recent.length <= limits.requestsPerMinute, "requests");
    const tokens = recent.reduce((sum, { used }) => sum + used, 0);
    assert.ok(tokens <= limits.tokensPerMinute, "tokens");
    const streams = made.filter(({ state, isStream }) => state === "in" && isStream);
    assert.ok(streams.length <= limits.concurrentStreams, "streams");
    const order = admitted.map(({ number }) => number);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      "nobody is overtaken",
    );
  };

  for (const what of history) {
    if (what.kind === "call") call(what);
    else if (what.kind === "end") end(some("in", what.which), what.share);
    else if (what.kind === "leave") some("waits", what.which)?.leaving.abort();
    else clock.advance(what.ms);
    await turn();
    check();
  }
  for (let round = 0; made.some(({ state }) => state === "in" || state === "waits"); round++) {
    assert.ok(round < 100, "somebody waits for ever");
    for (const one of made) if (one.state === "in") end(one, 0);
    clock.advance(61_000);
    await turn();
    check();
  }
  assert.deepEqual([bucket.streams, bucket.underWay, bucket.queue.size, clock.armed], [0, 0, 0, 0]);
  return admitted.length;
}

describe("a limiter through any history", () => {
  for (const waitMs of [0, 3000, 90_000]) {
    it(`breaks no limit, lets nobody overtake, and gets everything back: waiting ${waitMs} ms`, async () => {
      let admitted = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (history) => {
          admitted += await live(history, waitMs);
        }),
        { numRuns: isLong ? 5000 : 150 },
      );
      assert.ok(admitted > 200);
    });
  }
});
