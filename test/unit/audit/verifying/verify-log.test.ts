import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { createChain, type Draft } from "../../../../server/audit/chain/chain.ts";
import { createLocalSigner } from "../../../../server/audit/keys/local-signer.ts";
import { type VerifyOptions, verifyLog } from "../../../../server/audit/verifying/verify-log.ts";
import type { CheckpointContent } from "../../../../server/audit/writing/checkpoint-text.ts";
import type { AuditReport } from "../../../../server/core/audit-reading.ts";
import {
  auditEntry,
  auditWorld,
  readLog,
  testMasterKey,
  testSigner,
} from "../../../fakes/audit-world.ts";
import {
  type AuditRows,
  createMemoryAuditStore,
  type MemoryAuditStore,
} from "../../../fakes/memory-audit-store.ts";
import { writeAuditLog } from "../../../fakes/written-audit-log.ts";

const publicKey = testSigner.publicKey.toString("base64");
const said = ({ problems }: AuditReport) => problems.map(({ kind, message }) => [kind, message]);

async function written(options: Parameters<typeof writeAuditLog>[1] = {}) {
  const store = createMemoryAuditStore();
  await writeAuditLog(store, options);
  return store;
}

/** The same rows up to a record, as if the rest had never been. */
function cutAfter({ rows }: MemoryAuditStore, writer: string, head: number): AuditRows {
  const last = rows.heads.find((row) => row.writer === writer && row.number === head);
  assert.ok(last);
  const stays = ({ writer: own, sequence }: { writer: string; sequence: number }) =>
    own !== writer || sequence <= last.lastSequence;
  const segments = rows.segments.filter(
    (row) => row.writer !== writer || row.firstSequence <= last.lastSequence,
  );
  const isListed = (row: { writer: string; segment: number }) =>
    segments.some(({ writer: own, number }) => own === row.writer && number === row.segment);
  return {
    records: rows.records.filter(stays),
    heads: rows.heads.filter((row) => row.writer !== writer || row.number <= head),
    keys: rows.keys.filter(isListed),
    segments,
  };
}

const checkpointsOf = async (store: MemoryAuditStore) =>
  (await readLog(store, testMasterKey))
    .filter(({ kind }) => kind === "checkpoint")
    .map(({ content }) => content as unknown as CheckpointContent);

describe("the verification of a log", () => {
  it("looks at everything and needs no secret", async () => {
    const store = await written();
    const report = await verifyLog({ store, trustedKeys: new Set([publicKey]) });
    assert.deepEqual(said(report), []);
    const { rows } = store;
    assert.deepEqual(report.counts, {
      chains: 2,
      segments: rows.segments.length,
      shreddedSegments: 0,
      records: rows.records.length,
      heads: rows.heads.length,
      checkpoints: rows.records.filter(({ kind }) => kind === 3).length,
      keys: rows.keys.length,
      unsigned: 0,
    });
    assert.deepEqual(report.signers, new Map([[testSigner.keyId, publicKey]]));
    assert.deepEqual(report.unfinished, []);
  });

  it("finds nothing wrong with a log that is empty", async () => {
    const { isWhole, counts } = await verifyLog({ store: createMemoryAuditStore() });
    assert.deepEqual([isWhole, counts.chains], [true, 0]);
  });

  it("lists calls and copies of which nobody knows how they ended, and counts what is not signed", async () => {
    const world = auditWorld();
    const audit = await world.open();
    const [ended, open, copy] = [randomUUID(), randomUUID(), randomUUID()];
    for (const [kind, requestId] of [
      ["intent", ended],
      ["copy-intent", ended],
      ["outcome", ended],
      ["copy-outcome", ended],
      ["intent", open],
      ["intent", copy],
      ["copy-intent", copy],
      ["outcome", copy],
    ] as const) {
      await world.done(audit.record(auditEntry({ kind, requestId })));
    }
    const { isWhole, unfinished, counts } = await verifyLog(world);
    assert.equal(isWhole, true);
    assert.deepEqual(
      unfinished.map(({ requestId }) => requestId),
      [open, copy],
    );
    assert.ok(counts.unsigned >= 8);
    await world.end(audit);
    assert.equal((await verifyLog(world)).counts.unsigned, 0);
  });

  it("stops when nobody wants it any more", async () => {
    const store = await written({ gateways: 1 });
    const stopped = verifyLog({ store, signal: AbortSignal.abort(new Error("enough")) });
    await assert.rejects(stopped, /enough/);
  });

  it("lists the first thousand problems and counts the others", async () => {
    const { rows } = await written({ gateways: 1, rounds: 210, mostInSegment: 10_000 });
    const records = rows.records.map((row) => ({ ...row, kind: 99 }));
    const store = createMemoryAuditStore({ ...rows, records });
    const { problems, problemCount } = await verifyLog({ store });
    assert.deepEqual([problems.length, problemCount], [1000, records.length + rows.keys.length]);
  });
});

describe("whoever owns the disk", () => {
  it("cannot sign: another key is not trusted", async () => {
    const other = createLocalSigner(generateKeyPairSync("ed25519").privateKey);
    const world = auditWorld({ signer: other });
    const audit = await world.open();
    await world.done(audit.intend(auditEntry()));
    await world.end(audit);
    assert.equal((await verifyLog(world)).isWhole, true, "it names its key itself");
    const report = await verifyLog({ ...world, trustedKeys: new Set([publicKey]) });
    assert.deepEqual(said(report), [["signature", said(report)[0]?.[1]]]);
    assert.match(String(said(report)[0]?.[1]), /is signed with local:.*, which is not trusted/);
  });

  it("can cut off a chain's end behind any checkpoint, which an anchor kept elsewhere shows", async () => {
    const store = await written({ gateways: 1 });
    const anchors = await checkpointsOf(store);
    const [
      {
        heads: [last],
      } = { heads: [] },
    ] = anchors.slice(-1);
    assert.ok(last);
    const cut = createMemoryAuditStore(cutAfter(store, last.writer, last.number - 1));
    const check = (options: Partial<VerifyOptions>) => verifyLog({ store: cut, ...options });
    assert.equal((await check({})).isWhole, true, "nothing that is left says so");
    const report = await check({ anchors });
    assert.deepEqual(
      report.problems.map(({ kind, head }) => [kind, head]),
      [["missing", last.number]],
    );
    assert.match(report.problems[0]?.message ?? "", /which an anchor has seen/);
    assert.equal((await verifyLog({ store, anchors })).isWhole, true);
  });

  it("cannot cut off a chain's end that a later chain has seen", async () => {
    const store = await written({ gateways: 2 });
    const [first] = store.rows.records;
    assert.ok(first);
    const heads = store.rows.heads.filter(({ writer }) => writer === first.writer).length;
    for (const left of [1, heads - 1]) {
      const cut = createMemoryAuditStore(cutAfter(store, first.writer, left));
      const report = await verifyLog({ store: cut });
      const isNamed = report.problems.some(
        ({ kind, head }) => kind === "missing" && head === heads,
      );
      assert.ok(isNamed, JSON.stringify(report.problems));
    }
  });

  it("cannot have a key listed in another's place", async () => {
    const store = await written({ gateways: 1 });
    const [first] = store.rows.keys;
    assert.ok(first);
    for (const change of [{ segment: 9 }, { writer: randomUUID() }]) {
      const keys = async (writer: string, segment: number) =>
        (await store.keys(writer, segment)).map((row) =>
          row === first ? { ...row, ...change } : row,
        );
      const { problems } = await verifyLog({ store: { ...store, keys } });
      const named = problems.map(({ kind, segment, key }) => [kind, segment, key]);
      assert.deepEqual(named, [["changed", first.segment, first.number]]);
    }
  });

  it("cannot make up an anchor, or change one", async () => {
    const store = await written({ gateways: 1 });
    const [anchor] = await checkpointsOf(store);
    assert.ok(anchor);
    for (const wrong of [
      { ...anchor, epochMs: anchor.epochMs + 1 },
      { ...anchor, signature: "" },
      { ...anchor, publicKey: "AAAA" },
      { ...anchor, heads: [] },
    ]) {
      const { problems } = await verifyLog({ store, anchors: [wrong] });
      assert.deepEqual(
        problems.map(({ kind }) => kind),
        ["signature"],
      );
    }
  });

  const far = 2 ** 39;
  const places: readonly (readonly [keyof AuditRows, string])[] = [
    ["segments", "number"],
    ["segments", "firstSequence"],
    ["heads", "number"],
    ["heads", "segment"],
    ["heads", "lastSequence"],
    ["records", "sequence"],
    ["records", "segment"],
    ["keys", "number"],
    ["keys", "segment"],
  ];
  for (const [table, column] of places) {
    it(`cannot keep the verification busy for ever by the number in ${table}.${column}`, async () => {
      const { rows } = await written({ gateways: 1 });
      for (const at of [0, Math.floor(rows[table].length / 2), rows[table].length - 1]) {
        const list = [...rows[table]] as unknown as Record<string, unknown>[];
        list[at] = { ...list[at], [column]: far };
        const store = createMemoryAuditStore({ ...rows, [table]: list });
        const { isWhole } = await verifyLog({ store, signal: AbortSignal.timeout(10_000) });
        assert.equal(isWhole, false);
      }
    });
  }

  const nonsense: readonly (readonly [what: string, Partial<Draft>])[] = [
    ["no JSON", { kind: "start", text: "nonsense" }],
    ["nothing", { kind: "start", text: "null" }],
    ["a checkpoint of no heads", { kind: "checkpoint", text: "{}" }],
    ["a checkpoint of anything", { kind: "checkpoint", text: '{"heads":[null]}' }],
    ["a beginning of anything", { kind: "start", text: '{"heads":[{"writer":1}]}' }],
    ["a key of anything", { kind: "key", text: '{"number":{}}' }],
    ["a pruned segment of anything", { kind: "prune", text: '{"writer":[]}' }],
  ];
  for (const [what, draft] of nonsense) {
    it(`cannot end the verification by a well-made chain that says ${what}`, async () => {
      const writer = randomUUID();
      const chain = createChain(writer);
      const about: Draft = { kind: "start", requestId: "", text: '{"heads":[]}', ...draft };
      const record = chain.seal(about, 1000);
      const store = createMemoryAuditStore();
      const begins = { number: 1, firstSequence: 1, startEpochMs: 1000 };
      await store.append({ writer, begins, keys: [], records: [record], head: chain.head(1000) });
      const { problems, isWhole } = await verifyLog({ store });
      if (draft.kind === "prune") return;
      assert.equal(isWhole, false);
      assert.ok(problems.every((problem) => problem.writer === writer));
    });
  }
});
