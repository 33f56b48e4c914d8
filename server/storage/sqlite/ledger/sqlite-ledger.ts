import type { Clock } from "../../../core/clock.ts";
import type { Hold, Ledger, NoRoom, ReservationRequest } from "../../../core/ledger.ts";
import type { BatchWriter } from "../batch-writer.ts";
import { ledgerUnavailable } from "../ledger-unavailable.ts";
import type { UsageReader } from "../usage-reader.ts";
import { createAccountBook, type Entry } from "./account-book.ts";
import { createOrphans } from "./orphans.ts";
import { SqliteHold } from "./sqlite-hold.ts";

export interface SqliteLedgerOptions {
  readonly writer: BatchWriter;
  readonly reader: Pick<UsageReader, "read">;
  readonly clock: Clock;
  /** The most records that may wait to be written, calls under way included. */
  readonly mostWaiting: number;
}

/**
 * The ledger of one gateway. Its process alone has the file, so room is found in memory and at once; what must outlive
 * the process is written down before it matters.
 */
export function createSqliteLedger(options: SqliteLedgerOptions): Ledger {
  const { writer, reader, clock, mostWaiting } = options;
  const book = createAccountBook(writer.found, writer);
  const orphans = createOrphans(writer.found.holds, book, writer);
  const holds = new Set<string>();
  let isClosed = false;

  const reserve = (request: ReservationRequest): Hold | NoRoom => {
    const { id, worstNanoUsd, leastNanoUsd } = request;
    if (holds.has(id)) throw new Error(`There is a hold of the call ${id} already.`);
    const nowMs = clock.epochMs();
    orphans.chargeExpired(nowMs);
    const entries = book.entriesOf(request.accounts);
    let grantedNanoUsd = worstNanoUsd;
    for (const entry of entries.filter(({ account }) => account.enforced)) {
      const leftNanoUsd = entry.count.leftNanoUsd(entry.account.limitNanoUsd, nowMs);
      if (leftNanoUsd < leastNanoUsd) return noRoom(entry, leastNanoUsd, nowMs);
      if (leftNanoUsd < grantedNanoUsd) grantedNanoUsd = leftNanoUsd;
    }
    holds.add(id);
    const ended = () => holds.delete(id);
    return new SqliteHold({ request, entries, grantedNanoUsd, writer, clock, ended });
  };

  return {
    async reserve(request) {
      const isFull = writer.waiting + holds.size >= mostWaiting;
      // Where money has to be held, the hold could not be written; where not, the record can wait.
      const isBlocked = writer.isFailing && request.accounts.length > 0;
      if (isClosed || isFull || isBlocked) throw ledgerUnavailable();
      return reserve(request);
    },
    async accounts() {
      const nowMs = clock.epochMs();
      orphans.chargeExpired(nowMs);
      return book.states(nowMs);
    },
    async usage(query) {
      orphans.chargeExpired(clock.epochMs());
      // Where it cannot be written, what is durable can be read all the same.
      if (!writer.isFailing) await writer.ask({ kind: "flush" });
      return reader.read(query);
    },
    async close() {
      isClosed = true;
    },
  };
}

function noRoom({ account, count }: Entry, leastNanoUsd: bigint, nowMs: number): NoRoom {
  const spentNanoUsd = count.spentNanoUsd(nowMs);
  const missing = spentNanoUsd + leastNanoUsd - account.limitNanoUsd;
  return {
    kind: "no-room",
    account,
    spentNanoUsd,
    reservedNanoUsd: count.reservedNanoUsd,
    retryEpochMs: count.roomEpochMs(missing, nowMs),
  };
}
