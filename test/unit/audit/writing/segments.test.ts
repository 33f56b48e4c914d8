import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MasterKey } from "../../../../server/audit/keys/master-key.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { testMasterKey, turns } from "../../../fakes/audit-world.ts";
import { draft, quick, refused, retryMs, waitMs, writer } from "./writer-stage.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** A master key that is away when it is told so. */
function movableKey() {
  let isAway = false;
  const masterKey: MasterKey = {
    ...testMasterKey,
    generate: (context) =>
      isAway ? Promise.reject(new Error("KMS is away")) : testMasterKey.generate(context),
  };
  return {
    masterKey,
    setAway(away: boolean) {
      isAway = away;
    },
  };
}

describe("the segments of a chain", () => {
  const segmentsOf = async ({ store }: { readonly store: AuditStore }) =>
    (await store.segments()).map(({ number, firstSequence }) => [number, firstSequence]);

  it("begin anew when one is full, with their own keys before anything that uses them", async () => {
    const stage = quick({ mostInSegment: 4 });
    for (let at = 0; at < 12; at++) {
      await stage.ask(draft(at, at % 2 ? "a" : "b"));
      await turns();
    }
    const { records, heads } = stage.store.rows;
    const kinds = Map.groupBy(records, ({ segment }) => segment);
    assert.ok(kinds.size >= 3, `${kinds.size} segments`);
    for (const [segment, rows] of kinds) {
      const keyed = new Set<number>();
      for (const { kind, bytes } of rows) {
        if (kind === 2) keyed.add(keyed.size + 1);
        else assert.ok(keyed.has(bytes.readUInt32BE(54)), "its key is there already");
      }
      const keys = await stage.store.keys(writer, segment);
      assert.deepEqual(
        keys.map(({ number }) => number),
        [...keyed],
      );
    }
    const allKeys = stage.store.rows.keys.map(({ bytes }) => bytes.toString());
    assert.equal(new Set(allKeys).size, allKeys.length, "no key is used in two segments");
    assert.deepEqual(
      await segmentsOf(stage),
      [...kinds].map(([segment, [first]]) => [segment, first?.sequence]),
    );
    assert.ok(heads.every(({ segment }, at) => segment >= (heads[at - 1]?.segment ?? 1)));
    assert.deepEqual(await stage.said(), [...Array(12).keys()]);
    await stage.close();
  });

  it("begin anew at midnight (UTC)", async () => {
    const stage = quick();
    await stage.ask(draft("today", "a"));
    // The clock stands at a second past noon.
    stage.clock.advance(dayMs / 2 - 2000);
    await stage.ask(draft("today still", "a"));
    assert.equal((await stage.store.segments()).length, 1);
    stage.clock.advance(1000);
    await stage.ask(draft("tomorrow", "a"));
    await turns();
    await stage.ask(draft("tomorrow too", "a"));
    const segments = await stage.store.segments();
    assert.deepEqual(
      segments.map(({ number }) => number),
      [1, 2],
    );
    const [, second] = segments;
    assert.match(new Date(second?.startEpochMs ?? 0).toISOString(), /^2026-11-24T00:00:00/);
    await stage.close();
  });

  it("go on while the master key is away, and begin anew when it is back", async () => {
    const key = movableKey();
    const stage = quick({ masterKey: key.masterKey, mostInSegment: 3 });
    for (const at of [1, 2]) await stage.ask(draft(at, "a"));
    key.setAway(true);
    for (let at = 3; at < 20; at++) {
      await stage.ask(draft(at, "a"));
      await turns();
    }
    assert.equal((await stage.store.segments()).length, 1);
    const { message } = stage.log.lines[0] ?? {};
    assert.equal(message, "there are no keys for the audit log's next segment yet");
    assert.equal(stage.log.lines.length, 1, "it is asked once a minute");
    key.setAway(false);
    stage.clock.advance(60_000);
    for (const at of [20, 21]) {
      await stage.ask(draft(at, "a"));
      await turns();
    }
    assert.equal((await stage.store.segments()).length, 2);
    assert.deepEqual((await stage.said()).length, 21);
    await stage.close();
  });

  it("have a new tenant refused while the master key is away, others served, and what is kept of it written later", async () => {
    const key = movableKey();
    const stage = quick({ masterKey: key.masterKey });
    await stage.ask(draft("old", "a"));
    key.setAway(true);
    await refused(stage.chain.ask(draft("new", "b")));
    const kept = stage.chain.keep(draft("kept", "b"));
    await refused(kept);
    await stage.ask(draft("old again", "a"));
    assert.deepEqual([stage.chain.waiting, stage.chain.isFailing], [1, false]);
    for (let at = 0; at < 3; at++) {
      stage.clock.advance(retryMs);
      await turns();
    }
    assert.deepEqual(await stage.said(), ["old", "old again"]);
    key.setAway(false);
    stage.clock.advance(retryMs);
    await turns();
    await stage.ask(draft("new again", "b"));
    assert.deepEqual(await stage.said(), ["old", "old again", "kept", "new again"]);
    assert.equal(stage.chain.waiting, 0);
    await stage.close();
  });

  it("have nobody wait for a master key that does not answer", async () => {
    const never = { ...testMasterKey, generate: () => new Promise<never>(() => {}) };
    const stage = quick({ masterKey: never });
    const asked = [stage.chain.ask(draft("one", "a")), stage.chain.ask(draft("two", "a"))];
    stage.clock.advance(waitMs);
    await Promise.all(asked.map(refused));
    await stage.ask(draft("anybody may read this"));
  });
});
