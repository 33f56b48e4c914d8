import { createHash } from "node:crypto";
import type { LedgerAccount, LedgerWindow } from "../../../core/ledger.ts";
import { storable } from "../storable.ts";

/** PostgreSQL's indexes take some 2,700 bytes. */
const longestName = 600;

/** Budgets hand the same accounts in again and again. */
const known = new WeakMap<LedgerAccount, string>();

/** What tells counts apart: the name, in a short form where it is very long, and the window. */
export function accountKey(account: LedgerAccount): string {
  let key = known.get(account);
  if (key === undefined) {
    key = keyOf(account);
    known.set(account, key);
  }
  return key;
}

function keyOf({ name: asGiven, window }: LedgerAccount): string {
  const whole = storable(asGiven);
  const name =
    whole.length > longestName ? createHash("sha256").update(whole).digest("hex") : whole;
  return window.kind === "calendar"
    ? `${window.startEpochMs}-${window.endEpochMs} ${name}`
    : `rolling ${window.lengthMs} ${name}`;
}

/** Rolling windows are counted in this many parts. */
const parts = 60;

/** The part of a rolling window that a moment is in, numbered from 1970. */
export function stepAt(lengthMs: number, epochMs: number): bigint {
  return BigInt(Math.floor(epochMs / stepMs(lengthMs)));
}

/** The oldest part that still counts: what was spent at its very end is younger than the window's length. */
export function oldestStep(lengthMs: number, epochMs: number): bigint {
  return stepAt(lengthMs, epochMs) - BigInt(parts);
}

/** When a part has left the window, in milliseconds since 1970. */
export function stepLeavesMs(lengthMs: number, step: bigint): number {
  return (Number(step) + parts + 1) * stepMs(lengthMs);
}

/** A window that a row describes. */
export function windowOf(row: {
  readonly start_ms: bigint | null;
  readonly end_ms: bigint | null;
  readonly length_ms: bigint | null;
}): LedgerWindow {
  return row.length_ms !== null
    ? { kind: "rolling", lengthMs: Number(row.length_ms) }
    : {
        kind: "calendar",
        startEpochMs: Number(row.start_ms),
        endEpochMs: Number(row.end_ms),
      };
}

const stepMs = (lengthMs: number) => Math.max(1, Math.ceil(lengthMs / parts));
