import { summaryHash } from "../chain/hashes.ts";
import { decodeSummary } from "../retention/segment-summary.ts";
import type { Verification } from "../verifying/verification.ts";
import type { IndexedChain } from "./export-file-chains.ts";

/**
 * What is left of pruned segments: each summary holds the hash of the one that was made before it, and the record of a pruning
 * names its summary. In a copy of a part some of them are not there.
 */
export function checkCopiedSummaries(
  chains: readonly (readonly [string, IndexedChain])[],
  areAll: boolean,
  { problems, pruned }: Verification,
): void {
  const left = chains
    .flatMap(([, { segments }]) => segments)
    .flatMap(({ writer, number: segment, summary: bytes }) =>
      bytes ? [{ writer, segment, bytes, summary: decodeSummary(bytes) }] : [],
    )
    .sort((a, b) => (a.summary?.number ?? 0) - (b.summary?.number ?? 0));
  const changed = (writer: string, segment: number) => {
    const message = `What is left of segment ${segment} is not what was kept.`;
    problems.add({ kind: "changed", writer, segment, message });
  };
  let before = { number: 0, hash: "" };
  for (const { writer, segment, bytes, summary } of left) {
    const hash = summaryHash(bytes).toString("hex");
    const named = pruned.get(`${writer}/${segment}`);
    const number = summary?.number ?? 0;
    const isNext = number === before.number + 1 && summary?.previous === before.hash;
    const isFitting = isNext || (!areAll && number > before.number + 1);
    if (!isFitting || (named !== undefined && named !== hash)) changed(writer, segment);
    before = { number, hash };
  }
  const last = left.at(-1);
  if (areAll && last && !pruned.has(`${last.writer}/${last.segment}`)) {
    changed(last.writer, last.segment);
  }
}
