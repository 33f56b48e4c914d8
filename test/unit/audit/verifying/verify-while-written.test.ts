import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { it } from "node:test";
import { openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { systemClock } from "../../../../server/core/clock.ts";
import { testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

/** Something is written right before, or right after, some of its answers, as a gateway would: `from` one on, `most` times. */
function writtenMeanwhile(
  store: AuditStore,
  write: () => Promise<void>,
  { from, most, when }: WritingMoment,
): AuditStore {
  let asked = 0;
  const first =
    <Args extends readonly unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
    async (...args: Args) => {
      const isWritten = asked >= from && asked < from + most;
      asked += 1;
      if (isWritten && when === "before") await write();
      const answer = await ask(...args);
      if (isWritten && when === "after") await write();
      return answer;
    };
  return {
    ...store,
    lastHeads: first(store.lastHeads),
    segments: first(store.segments),
    records: first(store.records),
    heads: first(store.heads),
    headOver: first(store.headOver),
    keys: first(store.keys),
  };
}

interface WritingMoment {
  readonly from: number;
  readonly most: number;
  readonly when: "before" | "after";
}

const moments: readonly WritingMoment[] = Array.from({ length: 12 }, (_, from) => from).flatMap(
  (from) => [
    { from, most: 1, when: "after" },
    { from, most: 2, when: "before" },
    { from, most: 9, when: "after" },
  ],
);

for (const [what, mostInSegment, tenants] of [
  ["records", 1000, 1],
  ["segments", 3, 1],
  ["keys", 1000, 1000],
] as const) {
  it(`a log is whole though ${what} are written while it is verified`, async () => {
    const store = createMemoryAuditStore();
    const audit = await openAuditLog({
      store,
      masterKey: testMasterKey,
      signer: testSigner,
      mode: "compliance",
      version: "1",
      clock: systemClock,
      log: createRecordingLog(),
      mostInSegment,
    });
    let calls = 0;
    const write = () => {
      const tenant = `t${calls++ % tenants}`;
      return audit.intend({ kind: "intent", requestId: randomUUID(), tenant, content: { calls } });
    };
    for (const moment of moments) {
      const there = store.rows.records.length;
      const written = writtenMeanwhile(store, write, moment);
      const { problems, counts } = await verifyLog({ store: written });
      assert.deepEqual(problems, [], JSON.stringify(moment));
      assert.ok(counts.records >= there, "nothing that was there is left out");
    }
    await audit.close();
    const { problems, counts } = await verifyLog({ store });
    assert.deepEqual(problems, []);
    assert.equal(counts.records, store.rows.records.length);
    assert.ok(calls > 50, "it was written to");
  });
}
