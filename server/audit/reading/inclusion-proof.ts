import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { InclusionProof } from "../../core/audit-reading.ts";
import type { AuditStore, StoredHead, StoredRecord } from "../../core/audit-store.ts";
import { GatewayError } from "../../core/error.ts";
import { leafHash } from "../chain/hashes.ts";
import { decodeHead } from "../chain/head.ts";
import { createGrowingTree, pathRuns } from "../chain/merkle-tree.ts";
import { headerBytes, saltBytes } from "../chain/record.ts";
import { recordKinds } from "../chain/record-kinds.ts";
import { headRows, recordRows } from "../verifying/record-pages.ts";
import { type CheckpointContent, checkpointText } from "../writing/checkpoint-text.ts";

/** From the record up to a signature: its path to the root of the batch it came with, and the heads from there to one that is signed. */
export async function proveInclusion(
  store: AuditStore,
  record: StoredRecord,
): Promise<InclusionProof> {
  const { writer, sequence, segment } = record;
  const row = await store.headOver(writer, sequence);
  const head = row && decodeHead(row.bytes);
  if (!row || !head) throw notSigned();
  const checkpoint = await checkpointOver(store, row);
  const leafIndex = sequence - (head.lastSequence - head.treeSize + 1);
  if (segment !== row.segment || leafIndex < 0) throw notSigned();
  return {
    record: record.bytes,
    leafIndex,
    treeSize: head.treeSize,
    auditPath: await pathTo(store, row, { index: leafIndex, size: head.treeSize }),
    head: row.bytes,
    followingHeads: await headsBetween(store, row, checkpoint.heads[0]?.number ?? 0),
    checkpoint: checkpointText(checkpoint),
    signature: Buffer.from(checkpoint.signature, "base64"),
    algorithm: checkpoint.algorithm,
    keyId: checkpoint.keyId,
    publicKey: Buffer.from(checkpoint.publicKey, "base64"),
  };
}

/**
 * Leaves of a segment are its records one after the other. They are hashed page by page: a segment may have a million of
 * them, and calls are served meanwhile.
 */
async function pathTo(
  store: AuditStore,
  { writer, lastSequence }: StoredHead,
  { index, size }: { readonly index: number; readonly size: number },
): Promise<Buffer[]> {
  const firstSequence = lastSequence - size + 1;
  const runs = pathRuns(index, size).map((run) => ({ ...run, tree: createGrowingTree() }));
  const rows = recordRows(store, writer, firstSequence);
  for (let row = await rows.take(); row && row.sequence <= lastSequence; row = await rows.take()) {
    const at = row.sequence - firstSequence;
    const run = runs.find(({ from, to }) => from <= at && at < to);
    run?.tree.add(leafHash(row.bytes));
  }
  return runs.map(({ tree }) => tree.root());
}

/** The first checkpoint that signs this head or a later one. */
async function checkpointOver(
  store: AuditStore,
  { writer, number, lastSequence }: StoredHead,
): Promise<CheckpointContent> {
  const rows = recordRows(store, writer, lastSequence + 1);
  for (let row = await rows.take(); row; row = await rows.take()) {
    if (row.kind !== recordKinds.checkpoint) continue;
    const content = checkpointOf(row);
    if (content && (content.heads[0]?.number ?? 0) >= number) return content;
  }
  throw notSigned();
}

/** Undefined where it was changed: what it was is for a verification to say. */
function checkpointOf({ bytes }: StoredRecord): CheckpointContent | undefined {
  try {
    const content = JSON.parse(bytes.toString("utf8", headerBytes + saltBytes));
    return Array.isArray(content?.heads) ? content : undefined;
  } catch {
    return undefined;
  }
}

async function headsBetween(
  store: AuditStore,
  { writer, number }: StoredHead,
  last: number,
): Promise<Buffer[]> {
  const rows = headRows(store, writer, number + 1);
  const heads: Buffer[] = [];
  for (let row = await rows.take(); row && row.number <= last; row = await rows.take()) {
    heads.push(row.bytes);
  }
  return heads;
}

function notSigned(): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.AUDIT_UNAVAILABLE,
    "No checkpoint has signed this record yet. Ask again in a moment.",
    { retryAfterMs: 1000 },
  );
}
