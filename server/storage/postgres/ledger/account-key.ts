import type { LedgerAccount, LedgerWindow } from "../../../core/ledger.ts";
import { storable } from "../storable.ts";

/** What tells counts apart: the name and the window. */
export function accountKey({ name: asGiven, window }: LedgerAccount): string {
  const name = storable(asGiven);
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
