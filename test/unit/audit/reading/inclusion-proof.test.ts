import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { before, describe, it } from "node:test";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { headHash } from "../../../../server/audit/chain/hashes.ts";
import { decodeHead } from "../../../../server/audit/chain/head.ts";
import { rootFromPath } from "../../../../server/audit/chain/merkle-tree.ts";
import { createAuditReader } from "../../../../server/audit/reading/audit-reader.ts";
import type { InclusionProof } from "../../../../server/core/audit-reading.ts";
import type { AuditStore } from "../../../../server/core/audit-store.ts";
import { auditEntry, auditWorld, testMasterKey } from "../../../fakes/audit-world.ts";
import { createManualClock } from "../../../fakes/manual-clock.ts";
import { createMemoryAuditStore } from "../../../fakes/memory-audit-store.ts";
import { refusalOf } from "../../../fakes/outcomes.ts";
import { writeAuditLog } from "../../../fakes/written-audit-log.ts";

const readerOf = (store: AuditStore) => ({
  reader: createAuditReader({ store, masterKey: testMasterKey, clock: createManualClock() }),
});

/** A log of two gateways. */
const store = createMemoryAuditStore();
before(() => writeAuditLog(store));

/** What somebody does who has nothing but the proof. */
function isProven(proof: InclusionProof): boolean {
  const { record, leafIndex, treeSize, auditPath, head, followingHeads, checkpoint } = proof;
  const decoded = decodeHead(head);
  const root = rootFromPath(record, leafIndex, treeSize, auditPath);
  if (!decoded || !root?.equals(decoded.root) || decoded.treeSize !== treeSize) return false;
  let last = head;
  for (const next of followingHeads) {
    if (!decodeHead(next)?.previous.equals(headHash(last))) return false;
    last = next;
  }
  const { writer, number } = decodeHead(last) ?? decoded;
  const line = `${writer} ${number} ${headHash(last).toString("hex")}`;
  if (checkpoint.toString().split("\n")[2] !== line) return false;
  const key = createPublicKey({ key: proof.publicKey, format: "der", type: "spki" });
  return verify(null, checkpoint, key, proof.signature);
}

describe("a proof that a record is in the log", () => {
  it("is there for every record that is signed, and needs nothing else to be checked", async () => {
    const { reader } = readerOf(store);
    const writers = Map.groupBy(store.rows.records, ({ writer }) => writer);
    for (const rows of writers.values()) {
      const checkpoint = rows.findLast(({ kind }) => kind === 3)?.sequence ?? 0;
      for (const { writer, sequence } of rows) {
        if (sequence >= checkpoint) continue;
        assert.ok(isProven(await reader.prove(writer, sequence)), `record ${sequence}`);
      }
    }
  });

  it("shows when anything of it was changed", async () => {
    const { reader } = readerOf(store);
    const [row] = store.rows.records.slice(20);
    assert.ok(row);
    const proof = await reader.prove(row.writer, row.sequence);
    const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at ? byte : byte ^ 1)));
    const [sibling] = proof.auditPath;
    assert.ok(sibling && isProven(proof));
    const changes: readonly Partial<InclusionProof>[] = [
      { record: flipped(proof.record) },
      { leafIndex: proof.leafIndex ^ 1 },
      { auditPath: [flipped(sibling), ...proof.auditPath.slice(1)] },
      { head: Buffer.concat([proof.head.subarray(0, 60), flipped(proof.head.subarray(60))]) },
      { followingHeads: proof.followingHeads.slice(1) },
      { checkpoint: flipped(proof.checkpoint) },
      { signature: flipped(proof.signature) },
    ];
    for (const change of changes) {
      assert.equal(isProven({ ...proof, ...change }), false, Object.keys(change).join());
    }
  });

  it("passes over a checkpoint that was changed, for one that signs the record too", async () => {
    const world = auditWorld();
    const audit = await world.open();
    await world.done(audit.intend(auditEntry()));
    world.clock.advance(1000);
    await world.done(audit.intend(auditEntry()));
    await world.end(audit);
    const { rows } = world.store;
    const first = rows.records.findIndex(({ kind }) => kind === 3);
    const [row, ...others] = rows.records.slice(first);
    assert.ok(row && others.some(({ kind }) => kind === 3));
    for (const body of ["no JSON", "{}"]) {
      const bytes = Buffer.concat([row.bytes.subarray(0, 138), Buffer.from(body)]);
      const records = rows.records.with(first, { ...row, bytes });
      const { reader } = readerOf(createMemoryAuditStore({ ...rows, records }));
      assert.ok(isProven(await reader.prove(row.writer, 1)));
    }
  });

  it("is to be asked for again while nothing has signed the record", async () => {
    const world = auditWorld();
    const audit = await world.open();
    await world.done(audit.intend(auditEntry()));
    const { reader } = readerOf(world.store);
    const { sequence } = world.store.rows.records.at(-1) ?? { sequence: 0 };
    const refusal = await refusalOf(() => reader.prove(audit.writer, sequence));
    assert.deepEqual([refusal.reason, refusal.retryAfterMs], [ErrorReason.AUDIT_UNAVAILABLE, 1000]);
    await world.end(audit);
    assert.ok(isProven(await reader.prove(audit.writer, sequence)));
  });
});
