import type { AuditBatch, StoredRecord } from "../../core/audit-store.ts";
import { sha256 } from "../../core/sha256.ts";
import { createChain } from "../chain/chain.ts";
import { createSegmentKeys, type DataKey, type SegmentKeys } from "../keys/segment-keys.ts";
import type { AuditWriterOptions, Waiting } from "./waiting.ts";

/** Seals what waits into batches. */
export interface Batches {
  /** Begins a new segment each day, and when the running one is full; as soon as it has its keys. */
  beginSegmentWhenDue(): void;
  /** In the running segment. */
  hasKeyFor(tenant: string | undefined): boolean;
  /** Asks the master key. */
  obtainKey(tenant: string | undefined): Promise<unknown>;
  /** What it is given has its keys. The batch must be stored before the next one. */
  seal(items: readonly Waiting[]): AuditBatch;
}

type BatchesOptions = Pick<
  AuditWriterOptions,
  "writer" | "masterKey" | "clock" | "log" | "mostInSegment"
>;

const dayMs = 24 * 60 * 60 * 1000;

/** While the master key cannot be reached, the next attempt for a new segment's keys comes this much later. */
const retryMs = 60_000;

/** Begins with the chain's first segment. */
export function createBatches(options: BatchesOptions): Batches {
  const { writer, masterKey, clock, log, mostInSegment } = options;
  const chain = createChain(writer);
  const today = () => Math.floor(clock.epochMs() / dayMs);
  let keys = createSegmentKeys({ masterKey, writer, segment: 1 });
  let next: SegmentKeys | undefined;
  let isPreparing = false;
  let prepareAgainMs = 0;
  let isNew = true;
  let day = today();
  let lastMs = 0;

  /** Time never goes back within a chain. */
  const timeOf = (epochMs: number) => {
    lastMs = Math.max(lastMs, Math.floor(epochMs));
    return lastMs;
  };

  /** The running segment goes on until then, however long the master key is away. */
  const prepare = async () => {
    isPreparing = true;
    const prepared = createSegmentKeys({ masterKey, writer, segment: keys.segment + 1 });
    try {
      for (const tenant of keys.tenants) await prepared.obtain(tenant);
      next = prepared;
    } catch (error) {
      log.warn({ err: error }, "there are no keys for the audit log's next segment yet");
      prepareAgainMs = clock.now() + retryMs;
    }
    isPreparing = false;
  };

  const keyRecord = ({ number, tenant, stored }: DataKey): StoredRecord => {
    const digest = sha256(stored.bytes).toString("hex");
    const text = JSON.stringify({ number, tenant, masterKey: masterKey.id, sha256: digest });
    return chain.seal({ kind: "key", requestId: "", text }, timeOf(clock.epochMs()));
  };

  const itemRecord = ({ draft, epochMs }: Waiting): StoredRecord => {
    const { tenant } = draft;
    const key = tenant === undefined ? undefined : keys.find(tenant);
    if (tenant !== undefined && !key) throw new Error("a record came before its data key");
    return chain.seal(draft, timeOf(epochMs), key);
  };

  return {
    beginSegmentWhenDue() {
      const isDue = today() !== day || chain.segmentSize >= mostInSegment;
      if (!isDue || isPreparing || clock.now() < prepareAgainMs) return;
      if (!next) return void prepare();
      keys = next;
      next = undefined;
      chain.beginSegment();
      isNew = true;
      day = today();
    },
    hasKeyFor: (tenant) => tenant === undefined || keys.find(tenant) !== undefined,
    async obtainKey(tenant) {
      if (tenant !== undefined) await keys.obtain(tenant);
    },
    seal(items) {
      const firstSequence = chain.sequence + 1;
      const fresh = keys.takeNew();
      const records = [...fresh.map(keyRecord), ...items.map(itemRecord)];
      const startEpochMs = records[0]?.epochMs ?? 0;
      const begins = isNew ? { number: chain.segment, firstSequence, startEpochMs } : undefined;
      isNew = false;
      const head = chain.head(timeOf(clock.epochMs()));
      return { writer, begins, keys: fresh.map(({ stored }) => stored), records, head };
    },
  };
}
