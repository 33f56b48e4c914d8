import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { plainContent } from "../../../../server/audit/chain/plain-content.ts";
import { recordKinds } from "../../../../server/audit/chain/record-kinds.ts";
import { segmentLines } from "../../../../server/audit/export/export-lines.ts";
import { openAuditLog } from "../../../../server/audit/open-audit-log.ts";
import { createRetention } from "../../../../server/audit/retention/retention.ts";
import type { SeenHead } from "../../../../server/audit/writing/checkpoint-text.ts";
import { testMasterKey, testSigner } from "../../../fakes/audit-world.ts";
import { createDayClock, dayMs } from "../../../fakes/day-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { createRecordingLog } from "../../../fakes/recording-log.ts";
import { copyFile, copyOf, forged, linesOf } from "./copied-log.ts";

const [days, retentionDays, restartEveryDays] = [24, 14, 5];

describe(`copies of ${days} days of a log that keeps ${retentionDays}`, () => {
  const store = createMemoryAuditStore();
  const clock = createDayClock();
  const startEpochMs = clock.epochMs();
  const dayAt = (day: number) => startEpochMs + day * dayMs;
  const file = copyFile();
  let anchor: Parameters<typeof file.verify>[1];

  before(async () => {
    const log = createRecordingLog();
    const open = () =>
      openAuditLog({
        ...{ store, clock, log, masterKey: testMasterKey, signer: testSigner },
        ...{ mode: "compliance", version: "1" },
      });
    let audit = await open();
    for (clock.day = 0; clock.day < days; clock.day += 1) {
      if (clock.day % restartEveryDays === 3) {
        await audit.close();
        audit = await open();
      }
      // A new day's first batch finds no keys for its segment yet; the next one begins it.
      for (let call = 0; call < 3; call += 1) {
        const about = { requestId: randomUUID(), tenant: "clinic", content: {} };
        await audit.intend({ ...about, kind: "intent" });
        await audit.record({ ...about, kind: "outcome" });
      }
      const writePrune = (content: object) => audit.writeFate("prune", content);
      const retention = createRetention({ store, writePrune, retentionDays, clock, log });
      await retention.run(false);
      retention.close();
    }
    await audit.close();
    const { bytes } =
      store.rows.records.findLast(({ kind }) => kind === recordKinds.checkpoint) ?? {};
    anchor = { anchors: [plainContent(bytes ?? Buffer.alloc(0)) as never] };
  });
  after(() => file.remove());

  const segmentsOf = () => store.segments();
  const copiedSegments = async () => {
    const rows = await segmentsOf();
    const copies: string[] = [];
    for (const row of rows) {
      if (row.summary) continue;
      const records = store.rows.records.filter(
        ({ writer, segment }) => writer === row.writer && segment === row.number,
      );
      const lastSequence = Math.max(...records.map(({ sequence }) => sequence));
      copies.push((await Array.fromAsync(segmentLines(store, { row, lastSequence }))).join(""));
    }
    return copies;
  };

  it("are whole with all that was pruned", async () => {
    const { problems, counts } = await file.verify(await copyOf(store), anchor);
    assert.deepEqual(problems, []);
    assert.ok(counts.shreddedSegments > 5 && counts.chains > 4);
  });

  it("are whole for any days, and have the segments of these", async () => {
    for (const [from, to] of [
      [12, 14],
      [16, 17],
      [0, 12],
      [20, 99],
    ] as const) {
      const range = { fromEpochMs: dayAt(from), toEpochMs: dayAt(to) };
      const { problems, counts } = await file.verify(await copyOf(store, range), anchor);
      assert.deepEqual(problems, [], `days ${from} to ${to}`);
      assert.ok(counts.segments > 0);
    }
  });

  it("have what was changed in a part named", async () => {
    const range = { fromEpochMs: dayAt(15), toEpochMs: dayAt(20) };
    const lines = linesOf(await copyOf(store, range));
    const outcomes = lines.flatMap((line, at) => (line.includes('"kind":11') ? [at] : []));
    const at = outcomes[Math.floor(outcomes.length / 2)] ?? 0;
    const { record } = JSON.parse(lines[at] ?? "");
    const { problems } = await file.verify(forged(lines.toSpliced(at, 1)));
    const [{ kind, writer, sequence } = { kind: "", writer: "", sequence: 0 }] = problems;
    assert.deepEqual([kind, writer, sequence], ["missing", record.writer, record.sequence]);
  });

  it("have a segment missed that lies between others", async () => {
    const range = { fromEpochMs: dayAt(15), toEpochMs: dayAt(20) };
    const lines = linesOf(await copyOf(store, range));
    const begins = lines.flatMap((line, at) => (line.startsWith('{"segment"') ? [at] : []));
    const within = begins.findIndex((at, index) => {
      const [one, two, three] = [at, begins[index + 1], begins[index + 2]].map(
        (line) => JSON.parse(lines[line ?? 0] ?? "").segment?.writer,
      );
      return one !== undefined && one === two && two === three;
    });
    const [from = 0, to = 0] = [begins[within + 1], begins[within + 2]];
    const { problems } = await file.verify(forged(lines.toSpliced(from, to - from)));
    const { segment } = JSON.parse(lines[from] ?? "");
    assert.ok(
      problems.some(
        ({ kind, ...problem }) => kind === "missing" && problem.segment === segment.number,
      ),
      JSON.stringify(problems),
    );
  });

  it("of single segments are whole, alone and put together", async () => {
    const copies = await copiedSegments();
    for (const copy of copies) {
      const { problems, counts } = await file.verify(Buffer.from(copy), anchor);
      assert.deepEqual([problems, counts.segments], [[], 1]);
    }
    const all = await file.verify(Buffer.from(copies.join("")), anchor);
    assert.deepEqual([all.problems, all.counts.segments], [[], copies.length]);
  });

  it("that were put together in another order, or twice, are told by their lines", async () => {
    const copies = await copiedSegments();
    const reversed = await file.verify(Buffer.from(copies.toReversed().join("")));
    assert.match(
      reversed.problems[0]?.message ?? "",
      /^Line \d+: segment \d+ stands after segment/,
    );
    const twice = await file.verify(Buffer.from([...copies, ...copies.slice(-1)].join("")));
    assert.ok(twice.problems.length > 0);
    assert.ok(twice.problems.every(({ message }) => / once more\.$| stands after /.test(message)));
  });

  it("have an anchor's head missed where they were made after it", async () => {
    const [checkpoint] = anchor?.anchors ?? [];
    const [own] = checkpoint?.heads ?? ([] as SeenHead[]);
    const lines = linesOf(await copyOf(store));
    const kept = lines.filter((line) => !line.includes(`"writer":"${own?.writer}"`));
    const { problems } = await file.verify(forged(kept), anchor);
    assert.ok(
      problems.some(
        ({ message, writer }) => writer === own?.writer && /an anchor has seen/.test(message),
      ),
      JSON.stringify(problems),
    );
  });
});
