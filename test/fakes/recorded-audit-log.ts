import type { AuditEntry, AuditLog } from "../../server/core/audit-log.ts";

/** An audit log that a test answers by hand, or that takes everything at once. */
export interface RecordedAuditLog extends AuditLog {
  /** What it was told, in order. */
  readonly told: readonly {
    readonly how: "intend" | "record" | "note";
    readonly entry: AuditEntry;
  }[];
  /** From here on, what it is told waits for `take` or `refuse`. */
  hold(): void;
  /** Answers the oldest that waits. */
  take(): void;
  refuse(error: unknown): void;
  /** From here on, everything that is told in this way is refused. */
  refuseAll(how: "intend" | "record", error: unknown): void;
}

/** Takes everything, until it is told otherwise. */
export function createRecordedAuditLog(): RecordedAuditLog {
  const told: { how: "intend" | "record" | "note"; entry: AuditEntry }[] = [];
  const held: PromiseWithResolvers<void>[] = [];
  const refusals = new Map<string, unknown>();
  let isHeld = false;
  const tell = (how: "intend" | "record") => (entry: AuditEntry) => {
    told.push({ how, entry });
    if (refusals.has(how)) return Promise.reject(refusals.get(how));
    if (!isHeld) return Promise.resolve();
    const answer = Promise.withResolvers<void>();
    held.push(answer);
    return answer.promise;
  };
  return {
    told,
    state: { mode: "compliance", isFailing: false, waiting: 0 },
    intend: tell("intend"),
    record: tell("record"),
    note: (entry) => void told.push({ how: "note", entry }),
    hold() {
      isHeld = true;
    },
    take: () => held.shift()?.resolve(),
    refuse: (error) => held.shift()?.reject(error),
    refuseAll: (how, error) => void refusals.set(how, error),
  };
}
