import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createAnchors } from "../../../../server/audit/archive/anchors.ts";
import type { CheckpointContent } from "../../../../server/audit/writing/checkpoint-text.ts";
import { turns } from "../../../fakes/audit-world.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createMemoryArchive } from "../../../fakes/memory-archive.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

const writer = "00000000-0000-4000-8000-00000000000a";
const epochMs = Date.parse("2026-11-24T10:00:00Z");
const minute = 60_000;

const checkpoint = (number: number): CheckpointContent => ({
  epochMs: epochMs + number,
  heads: [{ writer, number, hash: "ab" }],
  keyId: "key",
  algorithm: "Ed25519",
  publicKey: "",
  signature: "",
});

function stage() {
  const [clock, log, archive] = [createManualClock(), createRecordingLog(), createMemoryArchive()];
  const anchors = createAnchors({ archive, retentionDays: 10, clock, log });
  const pass = async (byMs: number) => {
    clock.advance(byMs);
    await turns();
  };
  const heads = () =>
    [...archive.objects.values()].map(({ bytes }) => JSON.parse(bytes.toString()).heads[0].number);
  return { clock, log, archive, anchors, pass, heads };
}

describe("anchors", () => {
  it("are the newest checkpoint of each minute, by day and chain, kept as long as the log", async () => {
    const { archive, anchors, pass, heads } = stage();
    for (const number of [1, 2, 3]) anchors.keep(checkpoint(number));
    await pass(minute);
    assert.deepEqual(heads(), [3]);
    const [[name, { keepUntilEpochMs }] = assert.fail()] = archive.objects;
    assert.equal(name, `anchors/2026-11-24/${writer}/${epochMs + 3}.json`);
    assert.equal(keepUntilEpochMs, epochMs + 3 + 10 * 24 * 60 * minute);
    await pass(10 * minute);
    assert.deepEqual(heads(), [3], "nothing new");
    anchors.keep(checkpoint(4));
    await pass(minute);
    assert.deepEqual(heads(), [3, 4]);
  });

  it("that cannot be put there are put there later, and that is said once", async () => {
    const { archive, anchors, pass, heads, log } = stage();
    archive.failAfter = 0;
    anchors.keep(checkpoint(1));
    for (let at = 0; at < 5; at++) await pass(minute);
    assert.equal(log.lines.length, 1);
    archive.failAfter = Number.POSITIVE_INFINITY;
    await pass(minute);
    assert.deepEqual(heads(), [1]);
  });

  it("are there when the gateway has ended, and no timer is left", async () => {
    const { anchors, heads, clock } = stage();
    anchors.keep(checkpoint(7));
    await anchors.close();
    assert.deepEqual(heads(), [7]);
    assert.equal(clock.armed, 0);
  });
});
