import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { type OpenAuditLog, openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { createDataKeys } from "../../../../server/audit/reading/data-keys.ts";
import { readRecord } from "../../../../server/audit/reading/read-record.ts";
import { createRetention, type Retention } from "../../../../server/audit/retention/retention.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import { testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createDayClock, dayMs } from "../../../fakes/day-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

const isLong = process.env.AXONFLOW_TEST_LENGTH === "long";

/** Seven and a half years of days, and what the guide keeps; in the short form a quarter. */
const { days, retentionDays, restartEveryDays } = isLong
  ? { days: 2740, retentionDays: 2555, restartEveryDays: 40 }
  : { days: 90, retentionDays: 60, restartEveryDays: 20 };

describe(`${days} days of a log that keeps ${retentionDays}`, () => {
  const clock = createDayClock();
  const store = createMemoryAuditStore();
  const log = createRecordingLog();
  let audit: OpenAuditLog;
  let retention: Retention;
  const start = async () => {
    const options = { store, clock, log, masterKey: testMasterKey, signer: testSigner };
    audit = await openAuditLog({ ...options, mode: "compliance", version: "1" });
    const { writeFate } = audit;
    const writePrune = (content: object) => writeFate("prune", content);
    retention = createRetention({ store, writePrune, retentionDays, clock, log });
  };
  const end = async () => {
    retention.close();
    await audit.close();
  };
  const live = async () => {
    const about = {
      requestId: randomUUID(),
      tenant: "clinic",
      content: { call: { day: clock.day } },
    };
    await audit.intend({ ...about, kind: "intent" });
    await audit.record({ ...about, kind: "outcome" });
  };
  const verified = async () => {
    const report = await verifyLog({ store });
    assert.ok(report.isWhole, `on day ${clock.day}: ${report.problems[0]?.message}`);
    return report;
  };

  it("prunes daily, and still verifies; what has gone cannot be read from any copy", async (t) => {
    await start();
    await live();
    const copied = [...store.rows.records];
    for (clock.day = 1; clock.day <= days; clock.day += 1) {
      if (clock.day % restartEveryDays === 0) {
        await end();
        await start();
      }
      await live();
      // A new day's first batch finds no keys for its segment yet; the next one begins it.
      await live();
      const { segments } = await retention.run(true);
      const done = await retention.run(false);
      assert.deepEqual(done.segments, segments);
      if (clock.day % 10 === 0) await verified();
    }
    clock.day = days;
    await end();
    const { counts, unfinished } = await verified();
    t.diagnostic(`${counts.shreddedSegments} of ${counts.segments} segments have gone`);
    assert.ok(counts.shreddedSegments >= days - retentionDays - restartEveryDays);
    assert.deepEqual(unfinished, []);

    const oldest = clock.epochMs() - (retentionDays + 2) * dayMs;
    assert.deepEqual(
      store.rows.records.filter(({ epochMs }) => epochMs < oldest),
      [],
    );
    const keys = createDataKeys(store, testMasterKey, () => clock.now());
    const encrypted = copied.filter(({ kind }) => kind >= 10);
    assert.ok(encrypted.length > 0);
    for (const row of encrypted) {
      const { content, unreadable } = await readRecord(row, keys);
      assert.equal(content, undefined);
      assert.match(unreadable, /not there any more/);
    }
  });

  it("names what is left of a segment when somebody changes it", async () => {
    const { segments } = store.rows;
    const at = segments.findIndex(({ summary }) => summary);
    const row = segments[at] ?? assert.fail("nothing was pruned");
    const changed = Buffer.from(row.summary ?? "");
    changed.write("9", changed.indexOf('"lastSequence":') + '"lastSequence":'.length);
    const rows = { ...store.rows, segments: segments.with(at, { ...row, summary: changed }) };
    const { problems } = await verifyLog({ store: createMemoryAuditStore(rows) });
    assert.ok(
      problems.some(({ writer, segment }) => writer === row.writer && segment === row.number),
    );
  });
});
