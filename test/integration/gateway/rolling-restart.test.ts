import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { loadLanes, openLanes } from "./scale-load.ts";
import { type ScaleStage, scaleSize, startScaleStage } from "./scale-stage.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";
const rounds = isLong ? 5 : 1;

/** Words that the model writes in a second. */
const wordsPerSecond = 500;
const drainDelayMs = isLong ? 1000 : 500;

describe("four gateways that are restarted one after the other under load", () => {
  let stage: ScaleStage;
  before(async () => {
    stage = await startScaleStage({
      yaml: "",
      env: { AXONFLOW_DRAIN_DELAY_MS: String(drainDelayMs) },
      emulator: { pacing: { firstTokenDelayMs: 5, tokensPerSecond: wordsPerSecond } },
    });
  });
  after(async () => stage?.close());

  it("fail no call of anybody, though nothing is asked twice", async (t) => {
    const { lanes, close } = openLanes({
      ...stage.balancer,
      licenseKey: stage.licenseKey,
      words: 20,
      // Longer than callers have to hear that a gateway leaves.
      longWords: Math.round((wordsPerSecond * drainDelayMs * 1.6) / 1000),
    });
    let isOver = false;
    const loading = loadLanes(lanes, () => isOver);
    const statuses: (number | null)[] = [];
    for (let restart = 0; restart < rounds * scaleSize; restart++) {
      statuses.push(await stage.restart(restart % scaleSize));
    }
    isOver = true;
    const { calls, failures } = await loading;
    close();
    t.diagnostic(`${JSON.stringify(calls)}; connections by gateway: ${stage.balancer.taken}`);
    assert.deepEqual(failures, []);
    assert.equal(stage.balancer.lost, 0);
    assert.deepEqual([...new Set(statuses)], [0], "each has ended by itself");
    for (const { name } of lanes) assert.ok((calls[name] ?? 0) > 1, `${name} was asked`);
    // Nobody has a reason to go over to the last one yet.
    const later = stage.balancer.taken.slice(scaleSize, -1);
    assert.ok(
      later.every((taken) => taken > 0),
      "the new ones are called, too",
    );
  });
});
