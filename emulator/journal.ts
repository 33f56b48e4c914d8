import type { CallAddress } from "./call-address.ts";

/**
 * What happened in a call, in the order it happened. Every call begins with `request` and ends with
 * exactly one of `completed` and `aborted`.
 */
export type JournalKind =
  | "request"
  | "first-frame"
  | "frame"
  | "paused"
  | "fault"
  | "completed"
  | "aborted";

/** The members that only some kinds of entry have. */
export interface JournalDetails {
  /** HTTP status of the answer: on `completed`. */
  readonly status?: number;
  /** Frames and content tokens sent so far: on `first-frame`, `frame`, `paused`. */
  readonly frames?: number;
  readonly tokens?: number;
  /** Kind of the fault: on `fault`. */
  readonly fault?: string;
  /** Who left: on `aborted`. */
  readonly by?: "peer" | "emulator";
}

/** One line of the record; times are milliseconds since the epoch. */
export interface JournalEntry extends JournalDetails, CallAddress {
  readonly sequence: number;
  readonly atMs: number;
  readonly callId: string;
  readonly requestId: string;
  readonly kind: JournalKind;
  readonly httpVersion: "1.1" | "2";
}

/** Limits of a wait: a signal, and a time after which it fails (10 seconds if not said). */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** The ordered record of a running emulator; it keeps the latest entries and drops older ones. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** Resolves with the first matching entry, past or future. */
  waitFor(
    predicate: (entry: JournalEntry) => boolean,
    options?: WaitOptions,
  ): Promise<JournalEntry>;
  /** Forgets all entries, and with them what the emulator's prompt cache holds. */
  clear(): void;
}

interface Waiter {
  readonly predicate: (entry: JournalEntry) => boolean;
  readonly found: (entry: JournalEntry) => void;
}

/** The journal's own end, where entries are written. */
export interface WritableJournal extends Journal {
  record(entry: Omit<JournalEntry, "sequence" | "atMs">): void;
}

/** Creates an empty journal that keeps at most `limit` entries; `cleared` hears of every `clear`. */
export function createJournal(
  limit: number,
  now: () => number,
  cleared: () => void = () => {},
): WritableJournal {
  let entries: JournalEntry[] = [];
  let sequence = 0;
  const waiters = new Set<Waiter>();
  return {
    get entries() {
      return entries.slice(-limit);
    },
    record(entry) {
      sequence += 1;
      const recorded = { sequence, atMs: now(), ...entry };
      entries.push(recorded);
      // Cut only at twice the limit, so that a long stream does not copy the list at every frame.
      if (entries.length >= 2 * limit) entries = entries.slice(-limit);
      for (const waiter of waiters) if (waiter.predicate(recorded)) waiter.found(recorded);
    },
    waitFor(predicate, options = {}) {
      const past = entries.slice(-limit).find(predicate);
      return past ? Promise.resolve(past) : waitForNext(waiters, predicate, options);
    },
    clear() {
      entries = [];
      cleared();
    },
  };
}

function waitForNext(
  waiters: Set<Waiter>,
  predicate: Waiter["predicate"],
  { signal, timeoutMs = 10_000 }: WaitOptions,
): Promise<JournalEntry> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      waiters.delete(waiter);
    };
    const fail = (reason: unknown) => {
      end();
      reject(reason);
    };
    const onAbort = () => fail(signal?.reason);
    const waiter: Waiter = {
      predicate,
      found(entry) {
        end();
        resolve(entry);
      },
    };
    const timer = setTimeout(
      () => fail(new Error(`No journal entry matched within ${timeoutMs} ms`)),
      timeoutMs,
    );
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    waiters.add(waiter);
  });
}
