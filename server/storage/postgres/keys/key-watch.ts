import type { Clock } from "../../../core/clock.ts";
import type { Query } from "../database.ts";

/** Those who want to know when keys change. */
export interface KeyWatch {
  /** Takes the keys as they are now for known; what changes from here on is told. */
  begin(): Promise<void>;
  readonly add: (changed: () => void) => () => void;
  /** Keys may have changed. */
  readonly changed: () => void;
  close(): void;
}

/** How often the count of changes is read, for announcements that got lost. */
const pollMs = 1500;

/** Announcements come at once; polling runs while anybody watches. */
export function createKeyWatch({
  query,
  clock,
}: {
  readonly query: Query;
  readonly clock: Clock;
}): KeyWatch {
  const watchers = new Set<() => void>();
  let known: bigint | undefined;
  let stop: (() => void) | undefined;

  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const countOf = async (): Promise<bigint | undefined> => {
    const [row] = await query<{ count: bigint }>(
      "SELECT count FROM axonflow.change WHERE topic = 'keys'",
    );
    return row?.count;
  };
  const poll = async () => {
    try {
      const count = await countOf();
      const isNew = count !== known;
      known = count;
      if (isNew) changed();
    } catch {
      // The database is away; the next look finds what changed meanwhile.
    }
    if (stop !== undefined) stop = clock.after(pollMs, () => void poll());
  };
  return {
    async begin() {
      known = await countOf();
    },
    add(watcher) {
      const mine = () => watcher();
      watchers.add(mine);
      if (stop === undefined) {
        stop = () => {};
        void poll();
      }
      return () => {
        watchers.delete(mine);
        if (watchers.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    changed,
    close() {
      watchers.clear();
      stop?.();
      stop = undefined;
    },
  };
}
