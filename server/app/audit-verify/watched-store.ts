import type { AuditStore } from "../../core/audit-store.ts";

/** A store that tells, as records are read from it, how many there were so far. */
export function watchedStore(store: AuditStore, tell: (records: number) => void): AuditStore {
  let count = 0;
  return {
    ...store,
    async records(writer, fromSequence, limit) {
      const rows = await store.records(writer, fromSequence, limit);
      count += rows.length;
      tell(count);
      return rows;
    },
  };
}
