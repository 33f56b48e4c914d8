import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { AuditReading, ReadPage, ReadQuery, ReadRecord } from "../../core/audit-reading.ts";
import type { AuditStore, StoredRecord } from "../../core/audit-store.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/error.ts";
import { auditUnavailable } from "../audit-unavailable.ts";
import { type RecordKind, recordKinds } from "../chain/record-kinds.ts";
import type { MasterKey } from "../keys/master-key.ts";
import { verifyLog } from "../verifying/verify-log.ts";
import { createDataKeys } from "./data-keys.ts";
import { proveInclusion } from "./inclusion-proof.ts";
import { readRecord } from "./read-record.ts";

export interface AuditReaderOptions {
  readonly store: AuditStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
}

/** The part of the reading that needs nothing but the store and the master key. */
export type AuditReader = Pick<AuditReading, "list" | "get" | "prove" | "verify">;

/** Records that one page looks at, and for how long. */
const mostLookedAt = 10_000;
const longestLookMs = 2000;

/** Records that are read from the store at once. */
const atOnce = 200;

export function createAuditReader({ store, masterKey, clock }: AuditReaderOptions): AuditReader {
  const keys = createDataKeys(store, masterKey, () => clock.now());
  let isVerifying = false;

  const find = async (writer: string, sequence: number): Promise<StoredRecord> => {
    const [record] = await answered(store.records(writer, sequence, 1));
    if (record?.sequence === sequence) return record;
    throw notFound();
  };

  const list = async (query: ReadQuery): Promise<ReadPage> => {
    const untilMs = clock.now() + longestLookMs;
    const records: ReadRecord[] = [];
    let { after } = query;
    let lookedAt = 0;
    for (;;) {
      const rows = await answered(store.find({ ...findQuery(query), after, limit: atOnce }));
      for (const row of rows) {
        const record = await readRecord(row, keys);
        after = record.position;
        if (query.matches(record)) records.push(record);
        if (records.length === query.limit) return { records, next: after };
      }
      lookedAt += rows.length;
      if (rows.length < atOnce) return { records, next: undefined };
      if (lookedAt >= mostLookedAt || clock.now() >= untilMs) return { records, next: after };
    }
  };
  return {
    list,
    get: async (writer, sequence) => readRecord(await find(writer, sequence), keys),
    prove: async (writer, sequence) => proveInclusion(store, await find(writer, sequence)),
    async verify(signal) {
      if (isVerifying) throw busy();
      isVerifying = true;
      try {
        return await answered(verifyLog({ store, signal }));
      } finally {
        isVerifying = false;
      }
    },
  };
}

function findQuery({ fromEpochMs, toEpochMs, kinds, requestId }: ReadQuery) {
  const numbers = kinds.map((kind) => recordKinds[kind as RecordKind]);
  return { fromEpochMs, toEpochMs, requestId, kinds: numbers.length > 0 ? numbers : undefined };
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof GatewayError ? error : auditUnavailable(error);
  }
}

function notFound(): GatewayError {
  return new GatewayError(
    Code.NotFound,
    ErrorReason.AUDIT_ENTRY_NOT_FOUND,
    "The audit log has no entry at this position, or not any more. List the entries to see which it has.",
  );
}

function busy(): GatewayError {
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.AUDIT_UNAVAILABLE,
    "Another verification runs. Ask again when it has ended.",
    { retryAfterMs: 5000 },
  );
}
