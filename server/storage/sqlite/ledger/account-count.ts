import type { AccountState, LedgerAccount, LedgerWindow } from "../../../core/ledger.ts";
import type { AccountRow, Charge } from "../thread/operation.ts";

/** Rolling windows are counted in this many parts. */
const parts = 60;

/** What one account has spent and set aside. This process is the only one that knows, so it is counted in memory. */
export class AccountCount {
  readonly key: string;
  readonly name: string;
  readonly window: LedgerWindow;
  limitNanoUsd: bigint;
  reservedNanoUsd = 0n;
  #spentNanoUsd = 0n;
  /** By the parts of a rolling window; a calendar's is all in part 0. */
  readonly #steps = new Map<number, bigint>();

  constructor({ name, window, limitNanoUsd }: Omit<LedgerAccount, "enforced">) {
    this.key = accountKey(name, window);
    this.name = name;
    this.window = window;
    this.limitNanoUsd = limitNanoUsd;
  }

  static of({ name, startMs, endMs, lengthMs, limitNanoUsd }: AccountRow): AccountCount {
    const window: LedgerWindow =
      lengthMs === null
        ? { kind: "calendar", startEpochMs: startMs ?? 0, endEpochMs: endMs ?? 0 }
        : { kind: "rolling", lengthMs };
    return new AccountCount({ name, window, limitNanoUsd });
  }

  get row(): AccountRow {
    const { key, name, window, limitNanoUsd } = this;
    const isRolling = window.kind === "rolling";
    return {
      key,
      name,
      startMs: isRolling ? null : window.startEpochMs,
      endMs: isRolling ? null : window.endEpochMs,
      lengthMs: isRolling ? window.lengthMs : null,
      limitNanoUsd,
    };
  }

  /** What a limit still leaves; negative where others went beyond it. */
  leftNanoUsd(limitNanoUsd: bigint, epochMs: number): bigint {
    return limitNanoUsd - this.spentNanoUsd(epochMs) - this.reservedNanoUsd;
  }

  spentNanoUsd(epochMs: number): bigint {
    if (this.window.kind === "rolling") this.#forget(oldestStep(this.window.lengthMs, epochMs));
    return this.#spentNanoUsd;
  }

  /** What was spent before: as it was found, part by part. */
  restore(step: number, nanoUsd: bigint): void {
    this.#steps.set(step, (this.#steps.get(step) ?? 0n) + nanoUsd);
    this.#spentNanoUsd += nanoUsd;
  }

  charge(nanoUsd: bigint, epochMs: number): Charge {
    const step = this.window.kind === "rolling" ? stepAt(this.window.lengthMs, epochMs) : 0;
    this.restore(step, nanoUsd);
    return { accountKey: this.key, nanoUsd, step };
  }

  /** When there is this much room, if nothing more is spent: a calendar's end, or when enough has left a rolling window. */
  roomEpochMs(missingNanoUsd: bigint, epochMs: number): number {
    const { window } = this;
    if (window.kind === "calendar") return window.endEpochMs;
    let leaving = 0n;
    for (const step of [...this.#steps.keys()].sort((a, b) => a - b)) {
      leaving += this.#steps.get(step) ?? 0n;
      if (leaving >= missingNanoUsd) return (step + parts + 1) * stepMs(window.lengthMs);
    }
    return epochMs + window.lengthMs;
  }

  isOver(epochMs: number): boolean {
    if (this.reservedNanoUsd > 0n) return false;
    return this.window.kind === "calendar"
      ? this.window.endEpochMs <= epochMs
      : this.spentNanoUsd(epochMs) === 0n;
  }

  state(epochMs: number): AccountState {
    const { name, window, limitNanoUsd, reservedNanoUsd } = this;
    return {
      name,
      window,
      limitNanoUsd,
      reservedNanoUsd,
      spentNanoUsd: this.spentNanoUsd(epochMs),
    };
  }

  #forget(oldest: number): void {
    for (const [step, nanoUsd] of this.#steps) {
      if (step >= oldest) continue;
      this.#steps.delete(step);
      this.#spentNanoUsd -= nanoUsd;
    }
  }
}

/** What tells counts apart: the name and the window. */
export function accountKey(name: string, window: LedgerWindow): string {
  return window.kind === "calendar"
    ? `${window.startEpochMs}-${window.endEpochMs} ${name}`
    : `rolling ${window.lengthMs} ${name}`;
}

const stepMs = (lengthMs: number) => Math.max(1, Math.ceil(lengthMs / parts));
const stepAt = (lengthMs: number, epochMs: number) => Math.floor(epochMs / stepMs(lengthMs));
/** What was spent at the very end of this part is younger than the window's length. */
const oldestStep = (lengthMs: number, epochMs: number) => stepAt(lengthMs, epochMs) - parts;
