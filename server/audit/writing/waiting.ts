import type { AuditStore } from "../../core/audit-store.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Draft } from "../chain/chain.ts";
import type { MasterKey } from "../keys/master-key.ts";

/** What is to be written down, and for whom. */
export interface TenantDraft extends Draft {
  /** Whose data key it is encrypted with; undefined for what anybody may read. */
  readonly tenant: string | undefined;
}

/** Something that waits to be written, and who waits for it. */
export interface Waiting {
  readonly draft: TenantDraft;
  /** Whether it is written in any case. */
  readonly isKept: boolean;
  readonly epochMs: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** What a chain is written with. */
export interface AuditWriterOptions {
  /** The chain's UUID. */
  readonly writer: string;
  readonly store: Pick<AuditStore, "append">;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly log: Log;
  /** How long somebody waits for a record. */
  readonly waitMs: number;
  /** The most records that wait; beyond it nobody may ask. */
  readonly mostWaiting: number;
  /** The most records of a segment. */
  readonly mostInSegment: number;
}
