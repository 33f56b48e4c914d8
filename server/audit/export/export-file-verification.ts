import type { AuditReport } from "../../core/audit-reading.ts";
import { headHash, noHash } from "../chain/hashes.ts";
import { decodeHead } from "../chain/head.ts";
import { decodeSummary } from "../retention/segment-summary.ts";
import { createSeenHeads } from "../verifying/seen-heads.ts";
import type { ChainBeginning, Verification } from "../verifying/verification.ts";
import { verifyChain } from "../verifying/verify-chain.ts";
import { verifySignature } from "../verifying/verify-signature.ts";
import type { CheckpointContent } from "../writing/checkpoint-text.ts";
import type { IndexedChain } from "./export-file-chains.ts";
import type { ExportFileIndex } from "./export-file-index.ts";
import type { ExpectedHead } from "./export-file-seen.ts";
import { checkCopiedSummaries } from "./export-file-summaries.ts";
import type { ExportFile } from "./open-export-file.ts";

export interface VerifyExportOptions {
  /** Public keys that checkpoints may be signed with (base64 of their DER); undefined: those that chains name themselves. */
  readonly trustedKeys?: ReadonlySet<string> | undefined;
  /** Checkpoints that were kept elsewhere. What is newer than the copy need not be in it. */
  readonly anchors?: readonly CheckpointContent[] | undefined;
}

/**
 * Follows every chain of a copy as far as the copy goes, without any secret. A copy of a part proves that what it has is as it
 * was written, and that nothing is missing in between; where it begins is its own word.
 */
export async function verifyExportFile(
  { store, index }: ExportFile,
  { trustedKeys, anchors = [] }: VerifyExportOptions = {},
): Promise<AuditReport> {
  const { problems } = index;
  const chains = [...index.chains].filter(([, chain]) => hasSomething(chain));
  const isFromBeginning = isCopyOfAll(index);
  const verification: Verification = {
    store,
    problems,
    beginnings: isFromBeginning ? undefined : await beginnings(chains, store),
    counts: noCounts(),
    seen: createSeenHeads(),
    pruned: new Map(),
    trustedKeys,
    signers: new Map(),
    unfinished: new Map(),
    signal: undefined,
  };
  for (const [writer, { segments }] of chains) await verifyChain(writer, segments, verification);
  checkCopiedSummaries(chains, isFromBeginning && !index.cutOff, verification);
  for (const expected of expectedHeads(index, anchors, verification)) {
    await checkExpectedHead(expected, index, verification);
  }
  if (index.cutOff) problems.add(cutOffProblem(index.cutOff));
  const { counts, signers, unfinished } = verification;
  return {
    isWhole: problems.count === 0,
    counts,
    problems: problems.list,
    problemCount: problems.count,
    signers,
    unfinished: [...unfinished.values()],
  };
}

function hasSomething({ segments, records, heads, end }: IndexedChain): boolean {
  const isWithoutEnd = end === undefined || segments.length > 0;
  return segments.length > 0 || (isWithoutEnd && records.last + heads.last > 0);
}

/** Whether it was made of all that there was. */
export function isCopyOfAll({ forms }: ExportFileIndex): boolean {
  return forms.length === 1 && forms[0]?.fromEpochMs === 0;
}

async function beginnings(
  chains: readonly (readonly [string, IndexedChain])[],
  store: ExportFile["store"],
): Promise<ReadonlyMap<string, ChainBeginning>> {
  const found = new Map<string, ChainBeginning>();
  for (const [writer, { segments }] of chains) {
    const [first] = segments;
    if (first?.summary) {
      const { number, firstSequence } = first;
      const before = { segment: number - 1, sequence: firstSequence - 1 };
      found.set(writer, { ...before, head: 0, headHash: noHash });
      continue;
    }
    const [row] = await store.heads(writer, 1, 1);
    if (!row) continue;
    const head = decodeHead(row.bytes);
    const sequence = head ? head.lastSequence - head.treeSize : (first?.firstSequence ?? 1) - 1;
    found.set(writer, {
      segment: Math.min(row.segment, first?.number ?? row.segment) - 1,
      sequence: Math.max(0, sequence),
      head: row.number - 1,
      headHash: head?.previous ?? noHash,
    });
  }
  return found;
}

/** What other chains and anchors have seen before the copy was made. */
function expectedHeads(
  { forms, expected, cutOff }: ExportFileIndex,
  anchors: readonly CheckpointContent[],
  verification: Verification,
): readonly (ExpectedHead & { readonly isBeforeCopy: boolean })[] {
  const isOneCopy = forms.length === 1 && !cutOff;
  const seen = [...expected.all].map((head) => ({ ...head, isBeforeCopy: isOneCopy }));
  for (const anchor of anchors) {
    const problem = verifySignature(anchor, verification);
    if (problem) {
      const message = `An anchor of ${new Date(anchor.epochMs).toISOString()} ${problem}`;
      const writer = anchor.heads[0]?.writer ?? "";
      verification.problems.add({ kind: "signature", writer, message });
      continue;
    }
    const isBeforeCopy = isOneCopy && anchor.epochMs < expected.beforeEpochMs;
    seen.push(...anchor.heads.map((head) => ({ ...head, seenBy: "an anchor", isBeforeCopy })));
  }
  return seen;
}

/** It has to be there where the copy reaches that far, and be the one that was seen. */
async function checkExpectedHead(
  { writer, number, hash, seenBy, isBeforeCopy }: ExpectedHead & { readonly isBeforeCopy: boolean },
  index: ExportFileIndex,
  { store, problems }: Verification,
): Promise<void> {
  const { heads, segments = [] } = index.chains.get(writer) ?? {};
  if (number <= lastPrunedHead(segments)) return;
  const isWhole = isCopyOfAll(index);
  if (number < (heads?.first ?? (isWhole ? 0 : Number.POSITIVE_INFINITY))) return;
  if (number > (heads?.last ?? 0) && !isBeforeCopy) return;
  const [head] = await store.heads(writer, number, 1);
  if (head?.number === number && headHash(head.bytes).toString("hex") === hash) return;
  const message = `Head ${number}, which ${seenBy} has seen, is not there: the chain ends too early, or another one stands in its place.`;
  problems.add({ kind: "missing", writer, head: number, message });
}

/** Nothing is left of what was seen there. */
function lastPrunedHead(segments: IndexedChain["segments"]): number {
  const left = segments.flatMap(({ summary }) => (summary && decodeSummary(summary)) ?? []);
  return Math.max(0, ...left.map(({ lastHead }) => lastHead));
}

function cutOffProblem({
  lines,
  uncheckedRecords,
}: NonNullable<ExportFileIndex["cutOff"]>): AuditReport["problems"][number] {
  const unchecked =
    uncheckedRecords > 0
      ? ` ${uncheckedRecords.toLocaleString("en-US")} records before that could not be checked, because the heads over them are not there.`
      : "";
  const message = `The copy ends after ${lines.toLocaleString("en-US")} whole lines and has no last one: it was cut off, or is still being written.${unchecked}`;
  return { kind: "missing", writer: "", message };
}

function noCounts(): Verification["counts"] {
  return {
    chains: 0,
    segments: 0,
    shreddedSegments: 0,
    records: 0,
    heads: 0,
    checkpoints: 0,
    keys: 0,
    unsigned: 0,
  };
}
