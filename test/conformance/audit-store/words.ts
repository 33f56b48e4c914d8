import { randomBytes, randomUUID } from "node:crypto";
import type {
  AuditBatch,
  AuditPosition,
  AuditQuery,
  AuditStore,
  StoredRecord,
} from "../../../server/core/audit-store.ts";

/** A store of the audit log under test; other tests may write in it meanwhile. */
export interface AuditStoreStage {
  /** The one that is open now. */
  readonly store: AuditStore;
  /** Ends properly and opens again. */
  reopen(): Promise<void>;
}

/** What a record of a batch is like; the rest is made up. */
export type RecordDraft = Partial<Pick<StoredRecord, "epochMs" | "kind" | "requestId" | "bytes">>;

/** What the next batch of a chain is like. */
export interface BatchDraft {
  readonly records?: readonly RecordDraft[];
  /** How many wrapped keys it brings. */
  readonly keys?: number;
  /** Whether it begins a segment; the first one does in any case. */
  readonly begins?: boolean;
}

/** A chain that a test writes. */
export interface TestChain {
  readonly writer: string;
  /** All that was made of it so far, whether it was stored or not. */
  readonly batches: readonly AuditBatch[];
  readonly records: readonly StoredRecord[];
  /** The next batch, not stored yet. */
  next(draft?: BatchDraft): AuditBatch;
}

/** Begins one at a time of day; what its records are like is up to the test. */
export function createTestChain(startEpochMs: number, writer: string = randomUUID()): TestChain {
  const batches: AuditBatch[] = [];
  let segment = 0;
  let sequence = 0;
  let keyNumber = 0;
  return {
    writer,
    batches,
    get records() {
      return batches.flatMap(({ records }) => records);
    },
    next({ records = [{}], keys = 0, begins = false } = {}) {
      const isFirst = begins || segment === 0;
      if (isFirst) {
        segment += 1;
        keyNumber = 0;
      }
      const firstSequence = sequence + 1;
      const stored = records.map(
        ({
          epochMs = startEpochMs,
          kind = 10,
          requestId = randomUUID(),
          bytes = randomBytes(80),
        }) => ({ writer, sequence: ++sequence, segment, epochMs, kind, requestId, bytes }) as const,
      );
      const epochMs = stored.at(-1)?.epochMs ?? startEpochMs;
      const batch: AuditBatch = {
        writer,
        begins: isFirst
          ? { number: segment, firstSequence, startEpochMs: stored[0]?.epochMs ?? startEpochMs }
          : undefined,
        keys: Array.from({ length: keys }, () => ({
          writer,
          segment,
          number: ++keyNumber,
          bytes: randomBytes(60),
        })),
        records: stored,
        head: {
          writer,
          number: batches.length + 1,
          segment,
          lastSequence: sequence,
          epochMs,
          bytes: randomBytes(90),
        },
      };
      batches.push(batch);
      return batch;
    },
  };
}

/** What the claims are made of. */
export interface AuditStoreWords {
  readonly stage: AuditStoreStage;
  /** A time of day of which the test has the following hour for itself. */
  anHour(): number;
  /** A chain with so many batches stored. */
  storedChain(drafts: readonly BatchDraft[], startEpochMs?: number): Promise<TestChain>;
  /** All pages of a query, one after the other. */
  pages(
    query: Omit<AuditQuery, "after">,
    between?: () => Promise<unknown>,
  ): Promise<StoredRecord[]>;
}

const hourMs = 3_600_000;

export function auditStoreWords(open: () => AuditStoreStage): AuditStoreWords {
  let nextHourMs = Date.UTC(2026, 2, 1);
  const anHour = () => {
    nextHourMs += hourMs;
    return nextHourMs;
  };
  return {
    get stage() {
      return open();
    },
    anHour,
    async storedChain(drafts, startEpochMs = anHour()) {
      const chain = createTestChain(startEpochMs);
      for (const draft of drafts) await open().store.append(chain.next(draft));
      return chain;
    },
    async pages(query, between) {
      const found: StoredRecord[] = [];
      let after: AuditPosition | undefined;
      for (;;) {
        const page = await open().store.find({ ...query, after });
        if (page.length === 0) return found;
        found.push(...page);
        after = page.at(-1);
        await between?.();
      }
    },
  };
}

/** The order of `find`. */
export function newestFirst(a: AuditPosition, b: AuditPosition): number {
  if (a.epochMs !== b.epochMs) return b.epochMs - a.epochMs;
  if (a.writer !== b.writer) return a.writer < b.writer ? 1 : -1;
  return b.sequence - a.sequence;
}
