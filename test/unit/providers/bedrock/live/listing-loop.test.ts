import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { createListingLoop } from "../../../../../server/providers/bedrock/live/listing-loop.ts";
import { createManualClock } from "../../../../fakes/manual-clock.ts";

/** A loop whose readings end when the test says so. */
function start(refreshMs: number) {
  const clock = createManualClock();
  const readings: (PromiseWithResolvers<string> & { readonly signal: AbortSignal })[] = [];
  const seen: unknown[] = [];
  const loop = createListingLoop({
    clock,
    refreshMs,
    read(signal) {
      const reading = { ...Promise.withResolvers<string>(), signal };
      readings.push(reading);
      return reading.promise;
    },
    onRead: (read) => void seen.push(read),
    onFailed: (error) => void seen.push(error),
  });
  loop.start();
  const end = async (nth: number, outcome: string | Error) => {
    const reading = readings[nth];
    assert.ok(reading, `there is no reading ${nth}`);
    if (typeof outcome === "string") reading.resolve(outcome);
    else reading.reject(outcome);
    await turn();
  };
  return { clock, readings, seen, loop, end };
}

const hourMs = 3_600_000;
const minuteMs = 60_000;

describe("a listing loop", () => {
  it("reads at once, and again so long after a reading has ended", async () => {
    const { clock, readings, seen, end } = start(hourMs);
    assert.equal(readings.length, 1);
    clock.advance(5 * hourMs);
    assert.equal(readings.length, 1, "there are two readings at once");
    await end(0, "first");
    clock.advance(hourMs - 1);
    assert.equal(readings.length, 1);
    clock.advance(1);
    await end(1, "second");
    assert.deepEqual(seen, ["first", "second"]);
  });

  it("never reads with 0", () => {
    const { clock, readings } = start(0);
    assert.deepEqual([readings.length, clock.armed], [0, 0]);
  });

  it("reads once however often it is started", () => {
    const { loop, readings } = start(hourMs);
    loop.start();
    assert.equal(readings.length, 1);
  });

  it("tries again sooner after failures, later each time, until one succeeds", async () => {
    const { clock, readings, end } = start(hourMs);
    const expected = [1, 2, 4, 8, 16, 32, 60, 60];
    for (const [nth, minutes] of expected.entries()) {
      await end(nth, new Error("no"));
      clock.advance(minutes * minuteMs - 1);
      assert.equal(readings.length, nth + 1, `too early after failure ${nth + 1}`);
      clock.advance(1);
      assert.equal(readings.length, nth + 2, `too late after failure ${nth + 1}`);
    }
    await end(8, "good");
    clock.advance(hourMs - 1);
    assert.equal(readings.length, 9);
    clock.advance(1);
    await end(9, new Error("no"));
    clock.advance(minuteMs);
    assert.equal(readings.length, 11);
  });

  it("never waits longer than it was told to, after a failure either", async () => {
    const { clock, readings, end } = start(1000);
    await end(0, new Error("no"));
    clock.advance(1000);
    assert.equal(readings.length, 2);
  });

  for (const outcome of ["too late", new Error("too late")]) {
    it(`is silent once closed, whatever a reading still brings (${typeof outcome})`, async () => {
      const { clock, readings, seen, loop, end } = start(hourMs);
      loop.close();
      assert.ok(readings[0]?.signal.aborted);
      await end(0, outcome);
      clock.advance(hourMs);
      loop.start();
      assert.deepEqual([seen, readings.length, clock.armed], [[], 1, 0]);
    });
  }

  it("takes its timer back when it is closed between two readings", async () => {
    const { clock, loop, end } = start(hourMs);
    await end(0, "first");
    assert.equal(clock.armed, 1);
    loop.close();
    assert.equal(clock.armed, 0);
  });
});
