import type { UsageRecord } from "../../../core/ledger.ts";

/** What one account is charged, and from when on a rolling window counts it. */
export interface Charge {
  readonly accountKey: string;
  readonly nanoUsd: bigint;
  /** The part of a rolling window; 0 for a calendar's. */
  readonly step: number;
}

/** What is said of an account when it is first used, and again when its limit changes. */
export interface AccountRow {
  readonly key: string;
  readonly name: string;
  /** Of a calendar window; null for a rolling one. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** Of a rolling window; null for a calendar's. */
  readonly lengthMs: number | null;
  readonly limitNanoUsd: bigint;
}

/** A hold that outlives its process. */
export interface HoldRow {
  readonly id: string;
  readonly grantedNanoUsd: bigint;
  readonly expiresMs: number;
  readonly accountKeys: readonly string[];
}

/** Licence keys as they are stored: grants as JSON whose amounts are texts. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly grants: string;
  readonly sha256: Uint8Array;
  readonly prefix: string;
  readonly created_ms: number;
  readonly created_by: string;
  readonly revoked_ms: number | null;
  readonly replaced_by: string | null;
}

/** What the thread is asked to do. */
export type Operation =
  | { readonly kind: "account"; readonly row: AccountRow }
  /** Nothing of it counts any more, and the next call that uses it says so. */
  | { readonly kind: "drop-account"; readonly key: string }
  | { readonly kind: "hold"; readonly row: HoldRow }
  | { readonly kind: "drop-hold"; readonly id: string }
  | {
      readonly kind: "settle";
      readonly holdId: string;
      readonly record: UsageRecord;
      readonly charges: readonly Charge[];
    }
  | { readonly kind: "prune"; readonly usageBeforeMs: number; readonly nowMs: number }
  /** Asks for nothing but that all before it is durable. */
  | { readonly kind: "flush" }
  | { readonly kind: "list-keys" }
  | { readonly kind: "create-key"; readonly row: KeyRow; readonly nowMs: number }
  | { readonly kind: "revoke-key"; readonly id: string; readonly revokedMs: number }
  | {
      readonly kind: "rotate-key";
      readonly id: string;
      readonly successor: KeyRow;
      readonly revokedMs: number;
    };

/** What was found when the file was opened. */
export interface Found {
  /** The number of the last batch that was done. */
  readonly lastBatch: number;
  readonly accounts: readonly AccountRow[];
  readonly spent: readonly {
    readonly accountKey: string;
    readonly step: number;
    readonly nanoUsd: bigint;
  }[];
  readonly holds: readonly HoldRow[];
}

/** To the thread: one transaction. */
export interface Batch {
  readonly number: number;
  readonly operations: readonly Operation[];
}

/** From the thread: what came of a batch, in the order of its operations, or why nothing of it was done. */
export type BatchOutcome =
  | { readonly number: number; readonly results: readonly unknown[] }
  | {
      readonly number: number;
      readonly failure: string;
      /** Whether an operation is wrong in itself: trying again, when the disk has room, does not help. */
      readonly isOurFault: boolean;
    };

/** Why a file cannot be used. */
export type Refusal = "in-use" | "later" | "damaged" | "no-access" | "no-room" | "other";

/** A thread's only words when its file cannot be used. */
export interface Refused {
  readonly refusal: Refusal;
  /** As SQLite puts it. */
  readonly reason: string;
}

/** The thread's first words. */
export type Opening = { readonly found: Found } | Refused;

/** What the thread is started with. */
export interface ThreadOptions {
  readonly path: string;
  /** Whether every transaction waits for the disk, or only for the operating system. */
  readonly synchronous: "full" | "normal";
  /** Accounts whose window ended before this are not read. */
  readonly nowMs: number;
}
