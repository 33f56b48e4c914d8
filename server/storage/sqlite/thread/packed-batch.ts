import type { UsageRecord } from "../../../core/ledger.ts";
import type { Batch, Charge, HoldRow, Operation } from "./operation.ts";

/**
 * A batch as it crosses to the thread. What each call sends goes as one JSON text, which costs a third of a structured clone
 * (`bench/ledger`); amounts are texts in it, because JSON's numbers are not exact. What is rare goes as it is.
 */
export interface PackedBatch {
  readonly number: number;
  /** JSON of `Packed[]`. */
  readonly text: string;
  readonly rare: readonly RareOperation[];
}

/** What is not sent with each call. */
export type RareOperation = Exclude<Operation, { readonly kind: "hold" | "settle" }>;

/** The columns of a usage record in the order of the table; the cost as a text. */
export type UsageColumns = readonly (string | number)[];

/** An operation on the other side: a hold, the end of one, charges of all ends in a batch, or the place of a rare one. */
export type Packed =
  | readonly ["hold", id: string, granted: string, expiresMs: number, accountKeys: string]
  | readonly ["settle", holdId: string, usage: UsageColumns]
  | readonly ["charge", accountKey: string, step: number, amount: string]
  | number;

/** Charges of one account become one, at the end: nothing in a batch reads what is spent. */
export function packBatch({ number, operations }: Batch): PackedBatch {
  const rare: RareOperation[] = [];
  const charges = new Map<string, Charge>();
  const packed = operations.map((operation): Packed => {
    if (operation.kind === "hold") return packHold(operation.row);
    if (operation.kind === "settle") {
      for (const charge of operation.charges) add(charges, charge);
      return ["settle", operation.holdId, columnsOf(operation.record)];
    }
    return rare.push(operation) - 1;
  });
  for (const { accountKey, step, nanoUsd } of charges.values()) {
    packed.push(["charge", accountKey, step, String(nanoUsd)]);
  }
  return { number, text: JSON.stringify(packed), rare };
}

function packHold({ id, grantedNanoUsd, expiresMs, accountKeys }: HoldRow): Packed {
  const keys = JSON.stringify(accountKeys);
  return ["hold", id, String(grantedNanoUsd), Math.ceil(expiresMs), keys];
}

function add(charges: Map<string, Charge>, charge: Charge): void {
  const place = `${charge.step} ${charge.accountKey}`;
  const known = charges.get(place);
  charges.set(place, known ? { ...charge, nanoUsd: known.nanoUsd + charge.nanoUsd } : charge);
}

function columnsOf(record: UsageRecord): UsageColumns {
  return [
    record.id,
    record.kind,
    Math.floor(record.epochMs),
    record.key,
    record.tenant,
    record.provider,
    record.region,
    record.model,
    JSON.stringify(record.tags),
    record.inputTokens,
    record.outputTokens,
    record.cacheReadInputTokens,
    record.cacheWriteInputTokens,
    String(record.costNanoUsd),
    record.isPriced ? 1 : 0,
    record.attempts,
    record.succeeded ? 1 : 0,
  ];
}
