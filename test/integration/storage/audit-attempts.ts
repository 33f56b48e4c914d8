import { setTimeout as pause } from "node:timers/promises";
import type { AuditBatch, AuditStore, StoredRecord } from "../../../server/core/audit-store.ts";
import { createTestChain, type TestChain } from "../../conformance/audit-store/words.ts";

/** Whoever writes a chain as the gateway does: a batch that was refused is sent again, as it is, until it is stored. */
export interface PersistentWriter {
  readonly chain: TestChain;
  readonly refusals: number;
  /** Batches that the store has acknowledged. */
  readonly stored: readonly AuditBatch[];
  /** Writes until it is told to stop; resolves when the last batch is stored. */
  writeOn(): Promise<void>;
  /** Writes one batch; false when it was refused once, and it is then the next one to be sent. */
  tryOne(): Promise<boolean>;
  stop(): void;
}

/** Begins a chain; `open` gives the store that is open now. */
export function createPersistentWriter(open: () => AuditStore): PersistentWriter {
  const chain = createTestChain(Date.now());
  const stored: AuditBatch[] = [];
  let refusals = 0;
  let isStopped = false;
  let waiting: AuditBatch | undefined;
  const tryOne = async () => {
    waiting ??= chain.next({ records: [{}, {}, {}], begins: chain.batches.length % 10 === 0 });
    try {
      await open().append(waiting);
    } catch {
      refusals += 1;
      return false;
    }
    stored.push(waiting);
    waiting = undefined;
    return true;
  };
  return {
    chain,
    stored,
    get refusals() {
      return refusals;
    },
    tryOne,
    async writeOn() {
      while (!isStopped || waiting) if (!(await tryOne())) await pause(5);
    },
    stop() {
      isStopped = true;
    },
  };
}

/** All that a store has of a chain. */
export async function allRecords(store: AuditStore, writer: string): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for (;;) {
    const page = await store.records(writer, (records.at(-1)?.sequence ?? 0) + 1, 500);
    if (page.length === 0) return records;
    records.push(...page);
  }
}
