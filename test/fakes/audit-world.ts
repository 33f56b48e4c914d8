import { generateKeyPairSync } from "node:crypto";
import { createLocalMasterKey } from "../../server/audit/keys/local-master-key.ts";
import { createLocalSigner } from "../../server/audit/keys/local-signer.ts";
import type { MasterKey } from "../../server/audit/keys/master-key.ts";
import type { Signer } from "../../server/audit/keys/signer.ts";
import {
  type AuditLogOptions,
  type OpenAuditLog,
  openAuditLog,
} from "../../server/audit/open-audit-log.ts";
import { createDataKeys } from "../../server/audit/reading/data-keys.ts";
import { readRecord } from "../../server/audit/reading/read-record.ts";
import type { AuditEntry } from "../../server/core/audit-log.ts";
import type { ReadRecord } from "../../server/core/audit-reading.ts";
import type { AuditStore } from "../../server/core/audit-store.ts";
import { createManualClock } from "./manual-clock.ts";
import { createMemoryAuditStore } from "./memory-audit-store.ts";
import { isSettled, settle } from "./outcomes.ts";
import { createRecordingLog } from "./recording-log.ts";

/** Made up: the same in every run, and guards nothing. */
export const testMasterKey: MasterKey = createLocalMasterKey(Buffer.alloc(32, 7));

/** Of this process. */
export const testSigner: Signer = createLocalSigner(generateKeyPairSync("ed25519").privateKey);

/** An audit log over a store in memory, a clock that stands still, and keys that are made up. */
export function auditWorld(change: Partial<AuditLogOptions> = {}) {
  const store = createMemoryAuditStore();
  const clock = createManualClock();
  const log = createRecordingLog();
  const options: AuditLogOptions = {
    store,
    clock,
    log,
    masterKey: testMasterKey,
    signer: testSigner,
    mode: "compliance",
    version: "1.2.3",
    ...change,
  };
  /** Lets as little time pass as it takes. */
  const done = async <T>(promise: Promise<T>): Promise<T> => {
    for (let passedMs = 0; passedMs < 10_000; passedMs++) {
      if (await isSettled(promise)) break;
      clock.advance(1);
      await turns(2);
    }
    return promise;
  };
  return {
    store,
    clock,
    log,
    done,
    open: (more: Partial<AuditLogOptions> = {}): Promise<OpenAuditLog> =>
      done(openAuditLog({ ...options, ...more })),
    end: (audit: OpenAuditLog): Promise<void> => done(audit.close()),
    read: () => readLog(store, testMasterKey),
  };
}

/** Every record of every chain, or of those that are wanted, opened with the master key. */
export async function readLog(
  store: AuditStore,
  masterKey: MasterKey,
  isWanted: (writer: string) => boolean = () => true,
): Promise<ReadRecord[]> {
  const keys = createDataKeys(store, masterKey, () => 0);
  const all = (await store.segments()).map(({ writer }) => writer);
  const writers = new Set(all.filter(isWanted));
  const records: ReadRecord[] = [];
  for (const writer of writers) {
    let from = 1;
    for (;;) {
      const page = await store.records(writer, from, 500);
      for (const row of page) records.push(await readRecord(row, keys));
      const last = page.at(-1);
      if (!last) break;
      from = last.sequence + 1;
    }
  }
  return records;
}

/** An entry of a call. */
export function auditEntry(change: Partial<AuditEntry> = {}): AuditEntry {
  return {
    kind: "intent",
    requestId: "00000000-0000-4000-8000-000000000001",
    tenant: "a",
    content: { said: "something" },
    ...change,
  };
}

/** Lets several turns of the event loop pass: a batch is written in the next one. */
export async function turns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn++) await settle();
}
