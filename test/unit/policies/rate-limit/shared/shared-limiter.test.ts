import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sampleRate } from "../../../../fakes/policies.ts";
import { createSharedStage, type SharedCall } from "./shared-stage.ts";

const requests = (requestsPerMinute: number, waitMs?: number) =>
  sampleRate({ limits: { requestsPerMinute }, waitMs });
const tokens = (tokensPerMinute: number) => sampleRate({ limits: { tokensPerMinute } });
const streams = (concurrentStreams: number) => sampleRate({ limits: { concurrentStreams } });

const countIn = (calls: readonly SharedCall[]) =>
  calls.filter(({ inMs }) => inMs !== undefined).length;

const unavailable = "14";

describe("a limit that gateways share", () => {
  it("lets exactly as many of one moment in as it says, wherever they come in", async () => {
    const stage = createSharedStage({ gateways: 4 }, requests(5));
    const calls = Array.from({ length: 40 }, (_, at) => stage.call(at % 4));
    await stage.advance(30);
    assert.equal(countIn(calls), 5);
    assert.equal(calls.filter(({ refused }) => refused === "requests_per_minute").length, 35);
  });

  it("says when there is room, and then there is", async () => {
    const stage = createSharedStage({ gateways: 2 }, requests(3));
    for (let at = 0; at < 3; at += 1) stage.call(0);
    await stage.advance(10_000);
    const refused = stage.call(1);
    await stage.advance(10);
    assert.ok((refused.retryAfterMs ?? 0) > 50_000 && (refused.retryAfterMs ?? 0) < 52_500);
    await stage.advance((refused.retryAfterMs ?? 0) - 20, 50);
    const early = stage.call(0);
    await stage.advance(20);
    const calls = Array.from({ length: 5 }, () => stage.call(1));
    await stage.advance(10);
    assert.deepEqual([early.inMs, countIn(calls)], [undefined, 3]);
  });

  it("keeps calls waiting in their order where its policy says so", async () => {
    const stage = createSharedStage({ gateways: 2 }, requests(2, 70_000));
    const calls = Array.from({ length: 4 }, () => stage.call(0));
    await stage.advance(63_000, 20);
    assert.equal(countIn(calls), 4);
    const times = calls.map(({ inMs }) => inMs ?? 0);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const late = stage.call(0);
    late.leave();
    await stage.advance(10);
    assert.equal(late.refused, "1", "who leaves is gone at once");
  });

  it("does not keep more waiting than may, and nobody whose turn comes too late", async () => {
    const stage = createSharedStage({ gateways: 1, mostWaiting: 2 }, requests(1, 90_000));
    const calls = Array.from({ length: 5 }, () => stage.call(0));
    await stage.advance(20);
    assert.deepEqual(
      calls.map(({ refused }) => refused),
      [undefined, undefined, undefined, "requests_per_minute", "requests_per_minute"],
    );
    const short = createSharedStage({ gateways: 1 }, requests(1, 5000));
    short.call(0);
    const other = short.call(0);
    await short.advance(20);
    assert.equal(other.refused, "requests_per_minute");
  });

  it("gives what a call did not use to the others", async () => {
    const stage = createSharedStage({ gateways: 2 }, tokens(1000));
    const first = stage.call(0, { tokens: 900 });
    await stage.advance(20);
    const refused = stage.call(1, { tokens: 500 });
    await stage.advance(20);
    assert.equal(refused.refused, "tokens_per_minute");
    first.grant?.end(100);
    await stage.advance(300, 10);
    const next = stage.call(1, { tokens: 900 });
    await stage.advance(20);
    assert.ok(next.inMs);
  });

  it("counts what a call used beyond its estimate, against the calls of all", async () => {
    const stage = createSharedStage({ gateways: 2 }, tokens(1000));
    const first = stage.call(0, { tokens: 100 });
    await stage.advance(20);
    first.grant?.end(700);
    await stage.advance(300, 10);
    const next = stage.call(1, { tokens: 400 });
    await stage.advance(20);
    assert.equal(next.refused, "tokens_per_minute");
  });

  it("gives a stream's place to the others when it has ended", async () => {
    const stage = createSharedStage({ gateways: 3 }, streams(2));
    const open = [stage.call(0, { isStream: true }), stage.call(1, { isStream: true })];
    await stage.advance(20);
    const third = stage.call(2, { isStream: true });
    await stage.advance(20);
    assert.deepEqual([countIn(open), third.refused], [2, "concurrent_streams"]);
    open[0]?.grant?.end(0);
    await stage.advance(250, 10);
    const next = stage.call(2, { isStream: true });
    await stage.advance(20);
    assert.ok(next.inMs);
  });

  it("gives the streams of a gateway that ends to the others at once", async () => {
    const stage = createSharedStage({ gateways: 2 }, streams(1));
    const stream = stage.call(0, { isStream: true });
    await stage.advance(20);
    assert.ok(stream.inMs);
    await stage.limiters[0]?.close();
    const next = stage.call(1, { isStream: true });
    await stage.advance(20);
    assert.ok(next.inMs);
  });

  it("asks for nothing while permits are at hand, and little while there are none to have", async () => {
    const stage = createSharedStage({ gateways: 1 }, requests(6000));
    const calls: SharedCall[] = [];
    for (let at = 0; at < 300; at += 1) {
      calls.push(stage.call(0));
      await stage.advance(20);
    }
    assert.ok(stage.exchanges < 90, `${stage.exchanges} for ${calls.length} calls`);
    const before = stage.exchanges;
    const scarce = createSharedStage({ gateways: 1 }, requests(1));
    for (let at = 0; at < 2000; at += 1) {
      scarce.call(0);
      await scarce.advance(1);
    }
    assert.ok(scarce.exchanges < 30, `${scarce.exchanges}`);
    assert.equal(stage.exchanges, before);
  });
});

describe("gateways whose store of rates is away", () => {
  it("go on with an equal share of the limit each, and refuse beyond it as unavailable", async () => {
    const stage = createSharedStage({ gateways: 4 }, requests(40));
    for (let place = 0; place < 4; place += 1) stage.call(place);
    await stage.advance(2500, 10);
    stage.way.there = "lost";
    const calls = Array.from({ length: 80 }, (_, at) => stage.call(at % 4));
    await stage.advance(600, 5);
    assert.equal(countIn(calls), 36, "the four before count");
    assert.deepEqual([...new Set(calls.map(({ refused }) => refused))], [undefined, unavailable]);
  });

  it("do so when nobody answers at all, and tell what they let in when somebody does", async () => {
    const stage = createSharedStage({ gateways: 2 }, requests(10));
    for (let place = 0; place < 2; place += 1) stage.call(place);
    await stage.advance(2500, 10);
    stage.way.there = "lost";
    await stage.advance(5000, 10);
    const alone = Array.from({ length: 4 }, () => stage.call(0));
    await stage.advance(600, 10);
    assert.equal(countIn(alone), 4);
    stage.way.there = "open";
    await stage.advance(2500, 10);
    const later = Array.from({ length: 10 }, () => stage.call(1));
    await stage.advance(50, 5);
    assert.equal(countIn(later), 4);
  });

  it("stay with their share until the others have had time to come back, too, and ask little meanwhile", async () => {
    const stage = createSharedStage({ gateways: 2 }, requests(10));
    for (let place = 0; place < 2; place += 1) stage.call(place);
    await stage.advance(2500, 10);
    stage.way.there = "lost";
    await stage.advance(5000, 10);
    const alone = Array.from({ length: 10 }, () => stage.call(0));
    await stage.advance(600, 10);
    assert.equal(countIn(alone), 4);
    stage.way.there = "open";
    await stage.advance(1500, 10);
    const before = stage.exchanges;
    const early = Array.from({ length: 10 }, () => stage.call(1));
    await stage.advance(1000, 10);
    assert.equal(countIn(early), 4, "with the one before its share");
    assert.ok(stage.exchanges - before < 30, `${stage.exchanges - before} exchanges`);
    await stage.advance(2500, 10);
    const later = [0, 1].flatMap((place) => Array.from({ length: 5 }, () => stage.call(place)));
    await stage.advance(50, 5);
    assert.equal(countIn(later), 0, "ten were let in");
  });

  it("tell all of the last minute to a store that has forgotten it", async () => {
    const stage = createSharedStage({ gateways: 2 }, requests(10), streams(10));
    const before = Array.from({ length: 7 }, () => stage.call(0, { isStream: true }));
    await stage.advance(2500, 10);
    assert.equal(countIn(before), 7);
    stage.memory.forget();
    await stage.advance(2500, 10);
    const later = Array.from({ length: 10 }, () => stage.call(1, { isStream: true }));
    await stage.advance(50, 5);
    assert.equal(countIn(later), 3);
  });
});
