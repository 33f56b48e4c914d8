import type { AuditReport } from "../../core/audit-reading.ts";
import type { AuditStore, StoredSegment } from "../../core/audit-store.ts";
import { headHash, summaryHash } from "../chain/hashes.ts";
import { decodeSummary, type SegmentSummary } from "../retention/segment-summary.ts";
import type { CheckpointContent } from "../writing/checkpoint-text.ts";
import { createProblems } from "./problems.ts";
import { createSeenHeads } from "./seen-heads.ts";
import type { Verification } from "./verification.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifySignature } from "./verify-signature.ts";

export interface VerifyOptions {
  readonly store: AuditStore;
  /** Public keys that checkpoints may be signed with (base64 of their DER); undefined: those that chains name themselves. */
  readonly trustedKeys?: ReadonlySet<string> | undefined;
  /** Checkpoints that were kept elsewhere, where nobody who owns the store could change them. */
  readonly anchors?: readonly CheckpointContent[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Chains of seven years: one for each start of a gateway. */
const mostChains = 100_000;

/** Retention shreds once a day. */
const mostAttempts = 3;

/**
 * Looks at all that there is, without any secret: what encrypted records say is not needed for it. Begins again where a
 * segment was shredded meanwhile, since what is missing then was taken out by right.
 */
export async function verifyLog(options: VerifyOptions): Promise<AuditReport> {
  const { store } = options;
  for (let attempt = 1; ; attempt += 1) {
    const segments = await store.segments();
    const report = await verifyOnce(segments, options);
    if (report.isWhole || attempt === mostAttempts) return report;
    if (countShredded(await store.segments()) === countShredded(segments)) return report;
  }
}

function countShredded(segments: readonly StoredSegment[]): number {
  return segments.filter(({ summary }) => summary).length;
}

async function verifyOnce(
  segments: readonly StoredSegment[],
  { store, trustedKeys, anchors = [], signal }: VerifyOptions,
): Promise<AuditReport> {
  const problems = createProblems();
  const verification: Verification = {
    store,
    problems,
    counts: noCounts(),
    seen: createSeenHeads(),
    pruned: new Map(),
    trustedKeys,
    signers: new Map(),
    unfinished: new Map(),
    signal,
  };
  const listed = Map.groupBy(segments, ({ writer }) => writer);
  const chains = new Set(listed.keys());
  for (const { writer } of await store.lastHeads(mostChains)) chains.add(writer);
  for (const writer of chains) await verifyChain(writer, listed.get(writer) ?? [], verification);
  checkSummaries(segments, verification);
  for (const anchor of anchors) readAnchor(anchor, verification);
  await checkSeenHeads(segments, verification);
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

function readAnchor(anchor: CheckpointContent, verification: Verification): void {
  const problem = verifySignature(anchor, verification);
  const [own] = anchor.heads;
  if (!problem) {
    verification.seen.add(anchor, "an anchor");
    return;
  }
  const message = `An anchor of ${new Date(anchor.epochMs).toISOString()} ${problem}`;
  verification.problems.add({ kind: "signature", writer: own?.writer ?? "", message });
}

/** Summaries are chained in the order in which segments were shredded; the log's own records name them. */
function checkSummaries(
  segments: readonly StoredSegment[],
  { problems, pruned }: Verification,
): void {
  const shredded = segments
    .flatMap((row) =>
      row.summary ? [{ row, bytes: row.summary, summary: decodeSummary(row.summary) }] : [],
    )
    .sort((a, b) => (a.summary?.number ?? 0) - (b.summary?.number ?? 0));
  const changed = ({ writer, number: segment }: StoredSegment) => {
    const message = `What is left of segment ${segment} is not what was kept.`;
    problems.add({ kind: "changed", writer, segment, message });
  };
  let previous = "";
  for (const [at, { row, bytes, summary }] of shredded.entries()) {
    const hash = summaryHash(bytes).toString("hex");
    const named = pruned.get(`${row.writer}/${row.number}`);
    const isNext = summary?.number === at + 1 && summary.previous === previous;
    if (!isNext || (named !== undefined && named !== hash)) changed(row);
    previous = hash;
  }
  const last = shredded.at(-1);
  if (last && !pruned.has(`${last.row.writer}/${last.row.number}`)) changed(last.row);
}

/** What was seen once has to be there, or to have been shredded since. */
async function checkSeenHeads(
  segments: readonly StoredSegment[],
  { store, problems, seen }: Verification,
): Promise<void> {
  const shredded = new Map<string, SegmentSummary>();
  for (const { writer, summary } of segments) {
    const left = summary && decodeSummary(summary);
    if (left && left.lastHead > (shredded.get(writer)?.lastHead ?? 0)) shredded.set(writer, left);
  }
  for (const { writer, number, hash, seenBy } of seen.all) {
    const left = shredded.get(writer);
    if (left && number < left.lastHead) continue;
    const [head] = await store.heads(writer, number, 1);
    const found =
      left?.lastHead === number
        ? left.lastHeadHash
        : head?.number === number && headHash(head.bytes).toString("hex");
    if (found === hash) continue;
    const message = `Head ${number}, which ${seenBy} has seen, is not there: the chain ends too early, or another one stands in its place.`;
    problems.add({ kind: "missing", writer, head: number, message });
  }
}
