import type { AuditBatch, AuditStore } from "../../server/core/audit-store.ts";
import { createMemoryAuditStore } from "./memory-audit-store.ts";

/** A store whose appends a test answers by hand. */
export interface HeldAuditStore extends AuditStore {
  /** All batches that it was given, again and again those that were sent again. */
  readonly batches: readonly AuditBatch[];
  /** Appends that have no answer yet. */
  readonly held: number;
  /** Takes the oldest one that waits. */
  take(): Promise<void>;
  /** Refuses it. */
  refuse(error?: Error): void;
  /** Takes it, and says that it did not: the answer is lost. */
  takeUnseen(): Promise<void>;
}

interface Append {
  readonly batch: AuditBatch;
  resolve(): void;
  reject(error: Error): void;
}

/** Begins empty; what it takes can be read as from any other. */
export function createHeldAuditStore(): HeldAuditStore {
  const store = createMemoryAuditStore();
  const batches: AuditBatch[] = [];
  const appends: Append[] = [];
  const oldest = () => {
    const append = appends.shift();
    if (!append) throw new Error("nothing waits to be stored");
    return append;
  };
  return {
    ...store,
    batches,
    get held() {
      return appends.length;
    },
    append(batch) {
      batches.push(batch);
      return new Promise((resolve, reject) => appends.push({ batch, resolve, reject }));
    },
    async take() {
      const { batch, resolve } = oldest();
      await store.append(batch);
      resolve();
    },
    refuse: (error = new Error("The disk is full.")) => oldest().reject(error),
    async takeUnseen() {
      const { batch, reject } = oldest();
      await store.append(batch);
      reject(new Error("The line was cut."));
    },
  };
}
