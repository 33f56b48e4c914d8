import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createBuckets } from "../../../../server/policies/rate-limit/buckets.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";

function setUp(most: number) {
  const clock = createManualClock();
  const buckets = createBuckets({ clock, most });
  const use = (name: string) => buckets.of(name).requests.add(clock.now(), 1);
  const used = (name: string) => buckets.of(name).requests.used(clock.now());
  return { clock, buckets, use, used };
}

describe("buckets", () => {
  it("are one for each name", () => {
    const { use, used } = setUp(10);
    use("p\nkey\na");
    use("p\nkey\na");
    use("p\nkey\nb");
    assert.deepEqual([used("p\nkey\na"), used("p\nkey\nb"), used("q\nkey\na")], [2, 1, 0]);
  });

  it("are as many as may be, however many names come", () => {
    const { buckets, use } = setUp(100);
    for (let n = 0; n < 10_000; n++) use(`p\nkey\n${n}`);
    assert.equal(buckets.size, 101);
  });

  it("give way when nothing counts in them any more", () => {
    const { clock, buckets, use, used } = setUp(2);
    use("p\nkey\na");
    use("p\nkey\nb");
    clock.advance(61_000);
    use("p\nkey\nc");
    assert.equal(used("p\nkey\nc"), 1);
    assert.equal(buckets.size, 1);
  });

  it("never give way while something counts, so that no flood of names resets one", () => {
    const { clock, use, used } = setUp(3);
    use("p\nkey\na");
    clock.advance(30_000);
    for (let n = 0; n < 50; n++) {
      clock.advance(500);
      use(`p\nkey\n${n}`);
    }
    assert.equal(used("p\nkey\na"), 1);
  });

  it("are shared by names that come when there is no room, so that a new name is no new limit", () => {
    const { use, used } = setUp(1);
    use("p\nkey\na");
    use("p\nkey\nb");
    use("p\nkey\nc");
    assert.equal(used("p\nkey\nd"), 2);
    assert.equal(used("q\nkey\nd"), 0, "another policy's are others");
    assert.equal(used("p\nkey\na"), 1);
  });

  it("stay shared until nothing counts in the shared one, so that no name counts in two", () => {
    const { clock, use, used } = setUp(1);
    use("p\nkey\na");
    clock.advance(30_000);
    use("p\nkey\nb");
    clock.advance(32_000);
    assert.equal(used("p\nkey\nb"), 1, "there is room again, but it has used its share");
    clock.advance(30_000);
    assert.equal(used("p\nkey\nb"), 0);
  });

  for (const [what, hold] of [
    ["a stream", "streams"],
    ["tokens under way", "underWay"],
  ] as const) {
    it(`stay while ${what} is open`, () => {
      const { clock, buckets } = setUp(1);
      const bucket = buckets.of("p\nkey\na");
      bucket[hold] = 1;
      clock.advance(600_000);
      buckets.of("p\nkey\nb");
      assert.equal(buckets.of("p\nkey\na"), bucket);
    });
  }
});
