import type { Principal } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { KeyRecord, KeyStore } from "../../core/key-store.ts";
import type { Log } from "../../core/log.ts";

/** A key that AdminService made, as the doors need it. */
export interface RingKey {
  readonly principal: Principal;
  /** From when it is refused; undefined while nothing ends it. */
  readonly endEpochMs: number | undefined;
}

/** The keys of the store, as this gateway knows them. */
export interface KeyRing {
  /** Grows whenever they are read anew, so that whoever remembers some knows when to forget them. */
  readonly generation: number;
  /** The key of which this is the SHA-256, whether it holds or not. */
  find(sha256: Buffer): RingKey | undefined;
  /** Reads them anew: for the gateway that changed one itself. Never rejects; what fails is tried again. */
  refresh(): Promise<void>;
  close(): void;
}

export interface KeyRingOptions {
  readonly keys: Pick<KeyStore, "list" | "watch">;
  /** Names of the configuration's keys: a record that has one of them is not let in, on this gateway. */
  readonly reservedNames: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long after a failure the keys are read again. */
const retryMs = 1000;

/**
 * Reads all keys and follows their changes. While the store does not answer, those that are known stay as they are. Rejects
 * when they cannot be read at the start.
 */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { keys, reservedNames, clock, log } = options;
  let ring: ReadonlyMap<string, KeyRecord> = new Map();
  let found: ReadonlyMap<string, RingKey> = new Map();
  let generation = 0;
  let isFailing = false;
  let isClosed = false;
  let retry: (() => void) | undefined;

  const take = (records: readonly KeyRecord[]) => {
    const known = new Map(records.map((record) => [record.id, keepGrants(record, ring)]));
    found = new Map(
      [...known.values()]
        .filter(({ name }) => !reservedNames.has(name))
        .map((record) => [record.sha256.toString("base64"), ringKeyOf(record)]),
    );
    ring = known;
    generation += 1;
  };
  const read = async () => {
    try {
      take(await keys.list());
      isFailing = false;
    } catch (error) {
      if (isClosed) return;
      if (!isFailing) log.warn({ error }, "the licence keys cannot be read; those known stay");
      isFailing = true;
      retry?.();
      retry = clock.after(retryMs, () => void refresh());
    }
  };
  const refresh = onceAtATime(read);

  take(await keys.list());
  warnOfReserved([...ring.values()], options);
  const stopWatching = keys.watch(() => void refresh());
  // What changed between the first look and the watch.
  await refresh();
  return {
    get generation() {
      return generation;
    },
    find: (sha256) => found.get(sha256.toString("base64")),
    refresh,
    close() {
      isClosed = true;
      retry?.();
      stopWatching();
    },
  };
}

/** The same object for the same grants, because what holds for a key is remembered by it. */
function keepGrants(record: KeyRecord, before: ReadonlyMap<string, KeyRecord>): KeyRecord {
  const known = before.get(record.id);
  return known ? { ...record, grants: known.grants } : record;
}

function ringKeyOf({ id, name, tenant, grants, revokedEpochMs }: KeyRecord): RingKey {
  const principal = { name, keyId: id, ...(tenant !== "" && { tenant }), grants };
  return { principal, endEpochMs: revokedEpochMs };
}

function warnOfReserved(records: readonly KeyRecord[], options: KeyRingOptions): void {
  const { reservedNames, clock, log } = options;
  for (const { name, id, revokedEpochMs = Number.POSITIVE_INFINITY } of records) {
    if (!reservedNames.has(name) || revokedEpochMs <= clock.epochMs()) continue;
    log.warn(
      { key: id },
      `A licence key of the store has the name ${name}, as one of the configuration has: the one of the store is refused. Revoke it, or rename the other.`,
    );
  }
}

/** Runs again after a run during which it was asked for: whoever asks gets what is there after asking. */
function onceAtATime(run: () => Promise<void>): () => Promise<void> {
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = () => {
    current = run().finally(() => {
      current = undefined;
    });
    return current;
  };
  return () => {
    if (!current) return start();
    next ??= current.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
}
