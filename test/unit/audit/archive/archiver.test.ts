import assert from "node:assert/strict";
import { hash, randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { type Archiver, createArchiver } from "../../../../server/audit/archive/archiver.ts";
import { type OpenAuditLog, openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { createRetention } from "../../../../server/audit/retention/retention.ts";
import { verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import { testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createDayClock, dayMs } from "../../../fakes/day-clock.ts";
import { createMemoryArchive } from "../../../fakes/memory-archive.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";

const retentionDays = 30;

/** A gateway's log with an archive, and days that pass as they are told to. */
async function stage() {
  const clock = createDayClock();
  const store = createMemoryAuditStore();
  const log = createRecordingLog();
  const archive = createMemoryArchive();
  const shared = { store, clock, log };
  const begin = async () => {
    const audit = await openAuditLog({
      ...shared,
      masterKey: testMasterKey,
      signer: testSigner,
      mode: "compliance",
      version: "1",
    });
    const archiver = createArchiver({
      ...shared,
      writer: audit.writer,
      archive,
      retentionDays,
      writeArchived: (content) => audit.writeFate("archive", content),
    });
    return { audit, archiver };
  };
  const { audit, archiver } = await begin();
  const live = async (text = "", own: OpenAuditLog = audit) => {
    const about = { requestId: randomUUID(), tenant: "clinic", content: { text } };
    await own.intend({ ...about, kind: "intent" });
    await own.record({ ...about, kind: "outcome" });
  };
  /** A new day's first batch finds no keys for its segment yet; the next one begins it. */
  const nextDay = async (days = 1) => {
    clock.day += days;
    await live();
    await live();
  };
  const end = async (own: OpenAuditLog = audit, its: Archiver = archiver) => {
    await own.close();
    await its.close();
  };
  return { clock, store, log, archive, audit, archiver, begin, live, nextDay, end };
}

const segmentsIn = ({ objects }: ReturnType<typeof createMemoryArchive>) =>
  [...objects].filter(([name]) => name.startsWith("segments/"));

describe("the archive of the audit log", () => {
  it("gets each segment when it is closed, once, as the lines of an export that are locked for as long as it is kept", async () => {
    const { archive, archiver, store, audit, live, nextDay, clock, end } = await stage();
    await live();
    await archiver.run();
    assert.equal(segmentsIn(archive).length, 0, "today's goes on");
    await nextDay();
    await archiver.run();
    await archiver.run();
    assert.equal(archive.puts, 1);
    const [[name, { bytes, keepUntilEpochMs }] = assert.fail("nothing was put")] =
      segmentsIn(archive);
    const [row] = store.rows.segments;
    const records = store.rows.records.filter(({ segment }) => segment === 1);
    const last = records.at(-1)?.sequence ?? 0;
    const numbers = `000001-${String(last).padStart(12, "0")}`;
    assert.equal(name, `segments/${row?.writer}/${numbers}/part-00001.jsonl`);
    assert.ok(keepUntilEpochMs >= clock.epochMs() - 2 * dayMs + retentionDays * dayMs);
    const lines = bytes.toString().trimEnd().split("\n");
    assert.deepEqual(JSON.parse(lines[0] ?? ""), {
      form: "axonflow-audit-export/1",
      writer: audit.writer,
      segment: 1,
    });
    const ending = JSON.parse(lines.at(-1) ?? "");
    const content = bytes.subarray(0, bytes.lastIndexOf('{"end"'));
    assert.deepEqual(ending, {
      end: { lines: lines.length - 1, sha256: hash("sha256", content) },
    });
    assert.equal(lines.filter((line) => line.startsWith('{"record":')).length, records.length);
    await end();
    assert.ok((await verifyLog({ store })).isWhole);
  });

  it("is on record in the log itself, so that another gateway knows of it", async () => {
    const { archive, archiver, nextDay, begin, end, store } = await stage();
    await nextDay();
    await archiver.run();
    const { puts } = archive;
    const other = await begin();
    await other.archiver.run();
    assert.equal(archive.puts, puts);
    await end(other.audit, other.archiver);
    await end();
    assert.ok((await verifyLog({ store })).isWhole);
  });

  it("gets a segment in parts, and a copy that was broken off is gone on with", async () => {
    const { archive, archiver, live, nextDay, end } = await stage();
    for (let at = 0; at < 100; at++) await live("x".repeat(100_000));
    await nextDay();
    archive.failAfter = 1;
    await assert.rejects(archiver.run(), /away/);
    archive.failAfter = Number.POSITIVE_INFINITY;
    await archiver.run();
    const parts = segmentsIn(archive).map(([, { bytes }]) => bytes);
    assert.ok(parts.length > 2, `${parts.length} parts`);
    assert.ok(parts.every(({ length }) => length < 9 * 1024 * 1024));
    const whole = Buffer.concat(parts);
    const ending = JSON.parse(whole.subarray(whole.lastIndexOf('{"end"')).toString());
    assert.equal(ending.end.sha256, hash("sha256", whole.subarray(0, whole.lastIndexOf('{"end"'))));
    await end();
  });

  it("gets the last segment of a gateway that has ended from another one", async () => {
    const { archive, archiver, live, end, begin, clock, audit } = await stage();
    await live();
    await end(audit, archiver);
    const other = await begin();
    await other.archiver.run();
    assert.equal(segmentsIn(archive).length, 0, "it might live");
    clock.day += 3;
    await other.archiver.run();
    const own = segmentsIn(archive).filter(([name]) => name.includes(audit.writer));
    assert.equal(own.length, 1);
    await end(other.audit, other.archiver);
  });

  it("has a copy of each segment before its retention ends; without one nothing goes", async () => {
    const { archive, archiver, store, clock, log, audit, live, nextDay, end } = await stage();
    await live();
    await nextDay();
    const retention = createRetention({
      store,
      clock,
      log,
      retentionDays,
      writePrune: (content) => audit.writeFate("prune", content),
      copies: archiver,
    });
    await nextDay(retentionDays + 2);
    archive.failAfter = 0;
    await assert.rejects(retention.run(false), /away/);
    assert.ok(store.rows.segments.every(({ summary }) => !summary));
    archive.failAfter = Number.POSITIVE_INFINITY;
    const { segments } = await retention.run(false);
    assert.equal(segments.length, 1);
    const [[name = ""] = []] = segmentsIn(archive);
    assert.match(segments[0]?.exportedTo ?? "", /^archive:\/\/segments\//);
    assert.ok(`archive://${name}`.startsWith(segments[0]?.exportedTo ?? "-"));
    retention.close();
    await end();
    assert.ok((await verifyLog({ store })).isWhole);
  });
});
