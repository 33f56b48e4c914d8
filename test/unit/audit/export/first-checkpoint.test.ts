import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { recordKinds } from "../../../../server/audit/chain/record-kinds.ts";
import { segmentLines } from "../../../../server/audit/export/export-lines.ts";
import { openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { createRetention } from "../../../../server/audit/retention/retention.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import { auditEntry, testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createDayClock } from "../../../fakes/day-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { settle } from "../../../fakes/outcomes.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";
import { copyFile } from "./copied-log.ts";

describe("a segment whose first checkpoint signs the last head of the one before", () => {
  const store = createMemoryAuditStore();
  const clock = createDayClock();
  const log = createRecordingLog();
  const file = copyFile();
  let lastSequence = 0;
  const open = () =>
    openAuditLog({
      ...{ store, clock, log, masterKey: testMasterKey, signer: testSigner },
      ...{ mode: "compliance", version: "1", signEveryMs: 5 },
    });
  before(async () => {
    const audit = await open();
    await audit.record(auditEntry({ kind: "change" }));
    clock.day = 1;
    // It finds no keys for the new day's segment yet, and stands in the old one; what signs it begins the new one.
    await audit.record(auditEntry({ kind: "change" }));
    while ((await store.segments()).length === 1) await settle();
    const kinds = store.rows.records.flatMap(({ segment, kind }) => (segment === 2 ? kind : []));
    assert.deepEqual(kinds.slice(0, 2), [recordKinds.key, recordKinds.checkpoint]);
    clock.day = 5;
    await audit.record(auditEntry({ kind: "change" }));
    const ends = store.rows.records.filter(({ segment }) => segment === 2);
    lastSequence = ends.at(-1)?.sequence ?? 0;
    await audit.close();
  });
  after(() => file.remove());

  it("is whole as a copy of itself alone", async () => {
    const row = (await store.segments()).find(({ number }) => number === 2);
    assert.ok(row);
    const lines = await Array.fromAsync(segmentLines(store, { row, lastSequence }));
    const { problems } = await file.verify(Buffer.from(lines.join("")));
    assert.deepEqual(problems, []);
  });

  it("is whole when the one before has been pruned", async () => {
    clock.day = 11;
    const audit = await open();
    const writePrune = (content: object) => audit.writeFate("prune", content);
    const retention = createRetention({ store, writePrune, retentionDays: 10, clock, log });
    clock.day = 11.5;
    await retention.run(false);
    retention.close();
    await audit.close();
    const { problems, counts } = await verifyLog({ store });
    assert.deepEqual(problems, []);
    assert.equal(counts.shreddedSegments, 1);
  });
});
