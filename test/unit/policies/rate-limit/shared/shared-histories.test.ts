import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sampleRate } from "../../../../fakes/policies.ts";
import { busiestMinute, createSharedStage, type SharedCall } from "./shared-stage.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** Traffic of some seconds at one gateway. */
interface Burst {
  readonly place: number;
  readonly startMs: number;
  readonly calls: number;
  readonly everyMs: number;
  readonly lastsMs: number;
  readonly tokens: number;
  /** Which part of its tokens a call uses in the end. */
  readonly share: number;
}

const gateways = 4;
const endMs = 130_000;

const burst: fc.Arbitrary<Burst> = fc.record({
  place: fc.nat(gateways - 1),
  startMs: fc.integer({ min: 0, max: endMs - 5000 }),
  calls: fc.integer({ min: 1, max: 60 }),
  everyMs: fc.constantFrom(0, 7, 40, 333, 1500),
  lastsMs: fc.constantFrom(0, 3, 900, 5000, 61_500),
  tokens: fc.integer({ min: 1, max: 900 }),
  share: fc.constantFrom(0, 0.25, 1),
});

/** What goes wrong, and when. */
interface Trouble {
  readonly startMs: number;
  readonly leg: "there" | "back";
  readonly lastsMs: number;
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  startMs: fc.integer({ min: 0, max: endMs }),
  leg: fc.constantFrom("there" as const, "back" as const),
  // Shorter than the time after which gateways count alone.
  lastsMs: fc.integer({ min: 1, max: 3 }),
});

interface Planned {
  readonly atMs: number;
  readonly burst: Burst;
}

async function live(bursts: readonly Burst[], troubles: readonly Trouble[], waitMs: number) {
  const limits = { requestsPerMinute: 40, tokensPerMinute: 6000, concurrentStreams: 6 };
  const stage = createSharedStage({ gateways }, sampleRate({ limits, waitMs }));
  const plan: Planned[] = bursts
    .flatMap((each) =>
      Array.from({ length: each.calls }, (_, at) => ({
        atMs: each.startMs + at * each.everyMs,
        burst: each,
      })),
    )
    .toSorted((a, b) => a.atMs - b.atMs);
  const made: { readonly call: SharedCall; readonly burst: Burst; endMs: number }[] = [];
  const open = new Set<(typeof made)[number]>();
  let next = 0;
  let mostStreams = 0;
  for (let nowMs = 0; nowMs < endMs; nowMs += 20) {
    for (let due = plan[next]; due && due.atMs <= nowMs; due = plan[next]) {
      next += 1;
      const call = stage.call(due.burst.place, { tokens: due.burst.tokens, isStream: true });
      const one = { call, burst: due.burst, endMs: Number.POSITIVE_INFINITY };
      made.push(one);
      open.add(one);
    }
    const ill = troubles.find(
      ({ startMs, lastsMs }) => startMs <= nowMs && nowMs < startMs + lastsMs * 20,
    );
    stage.way.there = ill?.leg === "there" ? "lost" : "open";
    stage.way.back = ill?.leg === "back" ? "lost" : "open";
    await stage.advance(20, 4);
    for (const one of open) {
      const { call, burst: of } = one;
      if (call.refused !== undefined) open.delete(one);
      if (call.inMs === undefined || stage.clock.now() < call.inMs + of.lastsMs) continue;
      call.grant?.end(Math.floor(of.tokens * of.share));
      one.endMs = stage.clock.now();
      open.delete(one);
    }
    const streams = [...open].filter(({ call }) => call.inMs !== undefined).length;
    mostStreams = Math.max(mostStreams, streams);
  }
  const admitted = made.flatMap(({ call: { inMs }, burst: of, endMs: overMs }) => {
    if (inMs === undefined) return [];
    const isOver = overMs < Number.POSITIVE_INFINITY;
    return { inMs, amount: isOver ? Math.floor(of.tokens * of.share) : of.tokens };
  });
  assert.ok(busiestMinute(admitted.map((each) => ({ ...each, amount: 1 }))) <= 40, "requests");
  assert.ok(busiestMinute(admitted) <= 6000, "tokens");
  assert.ok(mostStreams <= 6, "streams");
  await stage.close();
  return admitted.length;
}

describe("a limit of four gateways through any history", () => {
  for (const waitMs of [0, 20_000]) {
    it(`holds in every minute, whichever gateways calls come to and whatever gets lost: waiting ${waitMs} ms`, async () => {
      let admitted = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(burst, { minLength: 1, maxLength: 12 }),
          fc.array(trouble, { maxLength: 6 }),
          async (bursts, troubles) => {
            admitted += await live(bursts, troubles, waitMs);
          },
        ),
        { numRuns: isLong ? 400 : 5 },
      );
      assert.ok(admitted > 50);
    });
  }
});

describe("a limit of four gateways under more calls than it allows", () => {
  const even = () => 1;
  for (const [what, limit, perSecond, weightOf] of [
    ["that come evenly", 300, 20, even],
    ["that come to one of them", 300, 20, (place: number) => (place === 0 ? 1 : 0)],
    [
      "nearly all of which come to one of them",
      1200,
      60,
      (place: number) => (place === 2 ? 0.97 : 0.01),
    ],
    ["of which there are very few", 5, 1, even],
  ] as const) {
    it(`is used up in every minute and never exceeded by calls ${what}`, async () => {
      const stage = createSharedStage(
        { gateways },
        sampleRate({ limits: { requestsPerMinute: limit } }),
      );
      const random = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), 1000);
      const weights = [0, 1, 2, 3].map(weightOf);
      const places = weights.flatMap((weight, place) =>
        Array(Math.round(weight * 100)).fill(place),
      );
      const placeOf = (at: number): number =>
        places[Math.floor((random[at % random.length] ?? 0) * places.length)] ?? 0;
      const calls: SharedCall[] = [];
      for (let at = 0; at < perSecond * 140; at += 1) {
        calls.push(stage.call(placeOf(at)));
        await stage.advance(1000 / perSecond, 10);
      }
      const admitted = calls.flatMap(({ inMs }) => (inMs === undefined ? [] : { inMs, amount: 1 }));
      assert.ok(busiestMinute(admitted) <= limit);
      for (const fromMs of [0, 65_000]) {
        const within = admitted.filter(({ inMs }) => inMs >= fromMs && inMs < fromMs + 62_000);
        assert.ok(within.length >= limit * 0.9, `${within.length} of ${limit}`);
      }
    });
  }
});
