import type { UsageRecord } from "../../../core/ledger.ts";
import type { BatchWriter } from "../batch-writer.ts";
import type { HoldRow } from "../thread/operation.ts";
import type { AccountBook } from "./account-book.ts";

/** Holds of a process that died, or ended while they were in flight. */
export interface Orphans {
  /** Charges those in full whose calls must be over by now: nobody knows what they did cost. */
  chargeExpired(epochMs: number): void;
}

/** Until they expire they count as set aside. */
export function createOrphans(
  holds: readonly HoldRow[],
  book: AccountBook,
  writer: BatchWriter,
): Orphans {
  const countsOf = ({ accountKeys }: HoldRow) => accountKeys.flatMap((key) => book.find(key) ?? []);
  const left = holds.toSorted((a, b) => a.expiresMs - b.expiresMs);
  for (const hold of left) {
    for (const count of countsOf(hold)) count.reservedNanoUsd += hold.grantedNanoUsd;
  }
  const charge = (hold: HoldRow, epochMs: number) => {
    const charges = countsOf(hold).map((count) => {
      count.reservedNanoUsd -= hold.grantedNanoUsd;
      return count.charge(hold.grantedNanoUsd, epochMs);
    });
    writer.keep({ kind: "settle", holdId: hold.id, record: lostRecord(hold, epochMs), charges });
  };
  return {
    chargeExpired(epochMs) {
      for (let next = left[0]; next && next.expiresMs <= epochMs; next = left[0]) {
        left.shift();
        charge(next, epochMs);
      }
    },
  };
}

/** Whose call it was is not known; what it may have cost is. */
function lostRecord({ id, grantedNanoUsd }: HoldRow, epochMs: number): UsageRecord {
  return {
    id,
    kind: "lost",
    epochMs,
    key: "",
    tenant: "",
    provider: "",
    region: "",
    model: "",
    tags: {},
    inputTokens: 0,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheWriteInputTokens: 0,
    costNanoUsd: grantedNanoUsd,
    isPriced: true,
    attempts: 0,
    succeeded: false,
  };
}
