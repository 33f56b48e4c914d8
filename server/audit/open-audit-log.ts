import { randomUUID } from "node:crypto";
import type { AuditEntry, AuditLog, AuditMode } from "../core/audit-log.ts";
import type { AuditStore } from "../core/audit-store.ts";
import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";
import type { MasterKey } from "./keys/master-key.ts";
import type { Signer } from "./keys/signer.ts";
import { createAuditWriter } from "./writing/audit-writer.ts";
import type { CheckpointContent } from "./writing/checkpoint-text.ts";
import { createCheckpoints, seenHeads } from "./writing/checkpoints.ts";
import type { TenantDraft } from "./writing/waiting.ts";

export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly masterKey: MasterKey;
  readonly signer: Signer;
  readonly mode: AuditMode;
  /** The gateway's version, for those who read the log years from now. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a call may wait for its record. Default: two seconds. */
  readonly waitMs?: number | undefined;
  /** The most records that wait to be written. Default: 10,000. */
  readonly mostWaiting?: number | undefined;
  /** The most records of a segment. Default: a million. */
  readonly mostInSegment?: number | undefined;
  /** How long a record goes without a signature. Default: a second. */
  readonly signEveryMs?: number | undefined;
  /** Takes each signed checkpoint elsewhere. */
  readonly onCheckpoint?: ((checkpoint: CheckpointContent) => void) | undefined;
}

/** It was copied to an archive, or shredded. */
export type SegmentFate = "archive" | "prune";

/** The log while it is written. */
export interface OpenAuditLog extends AuditLog {
  /** The UUID of this process's chain. */
  readonly writer: string;
  /** Writes what becomes of a segment, for anybody to read. Resolves when it is durable. */
  writeFate(kind: SegmentFate, content: object): Promise<void>;
  /** Writes what waits, signs the last head, and ends; the store stays open. */
  close(): Promise<void>;
}

/** Begins this process's chain: its first record holds the last heads of all chains before it. Rejects when it cannot be written. */
export async function openAuditLog(options: AuditLogOptions): Promise<OpenAuditLog> {
  const { store, masterKey, signer, mode, version, clock, log } = options;
  const { waitMs = 2000, mostWaiting = 10_000, mostInSegment = 1_000_000 } = options;
  const { signEveryMs = 1000, onCheckpoint } = options;
  const id = randomUUID();
  const shared = { store, clock, log };
  const writer = createAuditWriter({
    ...shared,
    writer: id,
    masterKey,
    waitMs,
    mostWaiting,
    mostInSegment,
  });
  const start = {
    version,
    mode,
    masterKey: masterKey.id,
    signer: { keyId: signer.keyId, algorithm: signer.algorithm },
    publicKey: signer.publicKey.toString("base64"),
    heads: await seenHeads(store, id),
  };
  const text = JSON.stringify(start);
  try {
    await writer.ask({ kind: "start", requestId: "", tenant: undefined, text });
  } catch (error) {
    await writer.close();
    throw error;
  }
  const checkpoints = createCheckpoints({
    ...shared,
    writer,
    signer,
    everyMs: signEveryMs,
    onCheckpoint,
  });
  const isAwaited = mode === "compliance";

  /** In performance mode a record is on its way, and its fate shows in `state`. */
  const behind = (written: Promise<void>): Promise<void> => {
    written.catch(() => {});
    return Promise.resolve();
  };
  return {
    writer: id,
    get state() {
      return { mode, isFailing: writer.isFailing, waiting: writer.waiting };
    },
    intend(entry) {
      const hasRoom = writer.waiting < mostWaiting;
      return isAwaited || !hasRoom ? writer.ask(draft(entry)) : behind(writer.keep(draft(entry)));
    },
    record(entry) {
      const written = writer.keep(draft(entry));
      return isAwaited ? written : behind(written);
    },
    note(entry) {
      if (writer.waiting < mostWaiting / 2) void behind(writer.keep(draft(entry)));
    },
    writeFate: (kind, content) =>
      writer.ask({ kind, requestId: "", tenant: undefined, text: JSON.stringify(content) }),
    async close() {
      checkpoints.close();
      await writer.flush();
      // Keys of a new segment may come with the first one, and are signed by the second; else that does nothing.
      const signAll = checkpoints.sign().then(checkpoints.sign);
      await signAll.catch((error) => {
        log.error({ err: error }, "the audit log's last head could not be signed");
      });
      await writer.close();
    },
  };
}

function draft({ content, ...entry }: AuditEntry): TenantDraft {
  return { ...entry, text: JSON.stringify(content) };
}
