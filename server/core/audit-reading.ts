import type { AuditPosition } from "./audit-store.ts";

/** A record as its readers see it. */
export interface ReadRecord {
  readonly position: AuditPosition;
  readonly segment: number;
  /** The name of its kind, for example `outcome`; `unknown` for one of a later version. */
  readonly kind: string;
  readonly requestId: string;
  /** Whose key it is encrypted with; undefined for what anybody may read. */
  readonly tenant: string | undefined;
  /** The number of that key within the segment; 0 where there is none. */
  readonly keyNumber: number;
  /** What it says; undefined where it cannot be read. */
  readonly content: Readonly<Record<string, unknown>> | undefined;
  /** Why it cannot be read. */
  readonly unreadable: string;
  /** The record as it is hashed. */
  readonly bytes: Buffer;
  /** The record's leaf in the Merkle tree. */
  readonly leafHash: Buffer;
}

/** Which records are wanted. */
export interface ReadQuery {
  readonly fromEpochMs: number;
  /** Exclusive. */
  readonly toEpochMs: number;
  /** Names of kinds; empty: all. */
  readonly kinds: readonly string[];
  readonly requestId: string | undefined;
  /** Looks at what could be read. */
  readonly matches: (record: ReadRecord) => boolean;
  readonly after: AuditPosition | undefined;
  readonly limit: number;
}

/** One page of records, the newest first. */
export interface ReadPage {
  readonly records: readonly ReadRecord[];
  /** Where the next page goes on; undefined where there is none. */
  readonly next: AuditPosition | undefined;
}

/** What shows that a record is in the log as it was written; see `GetInclusionProofResponse`. */
export interface InclusionProof {
  readonly record: Buffer;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly auditPath: readonly Buffer[];
  readonly head: Buffer;
  readonly followingHeads: readonly Buffer[];
  readonly checkpoint: Buffer;
  readonly signature: Buffer;
  readonly algorithm: string;
  readonly keyId: string;
  readonly publicKey: Buffer;
}

/**
 * `changed`: there, and not as it was; `missing`: not there any more; `misplaced`: there, in another's place; `signature`:
 * not signed by whom it says; `unknown`: nobody wrote it.
 */
export type AuditProblemKind = "changed" | "missing" | "misplaced" | "signature" | "unknown";

/** Something that is not as it was written. */
export interface AuditProblem {
  readonly kind: AuditProblemKind;
  /** The chain; empty where it is about none. */
  readonly writer: string;
  readonly segment?: number | undefined;
  /** The record. */
  readonly sequence?: number | undefined;
  /** The head. */
  readonly head?: number | undefined;
  /** The wrapped key. */
  readonly key?: number | undefined;
  readonly message: string;
}

/** How much a verification had to look at. */
export interface VerificationCounts {
  readonly chains: number;
  readonly segments: number;
  readonly shreddedSegments: number;
  readonly records: number;
  readonly heads: number;
  readonly checkpoints: number;
  readonly keys: number;
  /** Records after the last checkpoint of their chain: chained, and not signed. */
  readonly unsigned: number;
}

/** A call that was about to be made, and of which nothing more is known: its process ended, or it is under way. */
export interface UnfinishedCall {
  readonly requestId: string;
  readonly epochMs: number;
  readonly writer: string;
  readonly sequence: number;
}

/** What a verification found. */
export interface AuditReport {
  /** Whether everything is as it was written. */
  readonly isWhole: boolean;
  readonly counts: VerificationCounts;
  /** The first thousand. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
  /** Public keys (base64 of their DER) that checkpoints were signed with, by their ids. */
  readonly signers: ReadonlyMap<string, string>;
  readonly unfinished: readonly UnfinishedCall[];
}

/** A segment that was taken out after its retention, or would be. */
export interface PrunedSegment {
  readonly writer: string;
  readonly segment: number;
  readonly records: number;
  readonly firstEpochMs: number;
  readonly lastEpochMs: number;
  readonly root: Buffer;
  /** Empty where it was not copied. */
  readonly exportedTo: string;
}

/** The log for those who examine it. Every method rejects with AUDIT_UNAVAILABLE when the store does not answer. */
export interface AuditReading {
  list(query: ReadQuery): Promise<ReadPage>;
  /** Rejects with AUDIT_ENTRY_NOT_FOUND. */
  get(writer: string, sequence: number): Promise<ReadRecord>;
  /** Rejects with AUDIT_ENTRY_NOT_FOUND, and with AUDIT_UNAVAILABLE while nothing has signed the record. */
  prove(writer: string, sequence: number): Promise<InclusionProof>;
  /** One at a time: rejects while another one runs. */
  verify(signal: AbortSignal): Promise<AuditReport>;
  /** A copy, in whole lines. */
  copy(range: { readonly fromEpochMs: number; readonly toEpochMs: number }): AsyncIterable<string>;
  /** Takes out what is past its retention. */
  prune(isDryRun: boolean): Promise<{
    readonly segments: readonly PrunedSegment[];
    readonly cutoffEpochMs: number;
  }>;
}
