import { createHash, randomUUID } from "node:crypto";
import type { KeyRecord, KeyStore } from "../../server/core/key-store.ts";

/** A record of a key whose secret is its name. */
export function keyRecord(name: string, change: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: randomUUID(),
    name,
    tenant: "",
    grants: { providers: [], regions: [], models: [], policies: [], budgets: [] },
    sha256: createHash("sha256").update(name).digest(),
    prefix: "axf_made",
    createdEpochMs: Date.parse("2026-11-01T00:00:00Z"),
    createdBy: "ops",
    ...change,
  };
}

/** A store of keys that a test fills, breaks and mends. */
export interface FakeKeyStore extends Pick<KeyStore, "list" | "watch"> {
  records: readonly KeyRecord[];
  isBroken: boolean;
  /** How often they were read. */
  readonly reads: number;
  readonly watchers: number;
  /** Tells those who watch. */
  tell(): void;
}

export function createFakeKeyStore(...records: readonly KeyRecord[]): FakeKeyStore {
  const watchers = new Set<() => void>();
  let reads = 0;
  return {
    records,
    isBroken: false,
    get reads() {
      return reads;
    },
    get watchers() {
      return watchers.size;
    },
    tell() {
      for (const changed of watchers) changed();
    },
    async list() {
      reads += 1;
      if (this.isBroken) throw new Error("the store is away");
      return this.records;
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
