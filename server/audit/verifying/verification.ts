import type { UnfinishedCall, VerificationCounts } from "../../core/audit-reading.ts";
import type { AuditStore } from "../../core/audit-store.ts";
import type { Problems } from "./problems.ts";
import type { SeenHeads } from "./seen-heads.ts";

/** The last things of a chain before those that are there. */
export interface ChainBeginning {
  readonly segment: number;
  readonly sequence: number;
  readonly head: number;
  readonly headHash: Buffer;
}

/** What a verification has found so far; each part adds to it. */
export interface Verification {
  readonly store: AuditStore;
  readonly problems: Problems;
  /** Where chains begin of which the store has no beginning: a copy of a part. */
  readonly beginnings?: ReadonlyMap<string, ChainBeginning> | undefined;
  readonly counts: Mutable<VerificationCounts>;
  /** Heads of chains, as checkpoints and beginnings of chains have seen them. */
  readonly seen: SeenHeads;
  /** The hash of the summary that each `prune` record names, by the place of its segment. */
  readonly pruned: Map<string, string>;
  /** Public keys (base64 of their DER) that checkpoints may be signed with; undefined: those that chains name themselves. */
  readonly trustedKeys: ReadonlySet<string> | undefined;
  /** Public keys that checkpoints were signed with, by their ids. */
  readonly signers: Map<string, string>;
  /** Intents without an outcome until now. */
  readonly unfinished: Map<string, UnfinishedCall>;
  readonly signal: AbortSignal | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
