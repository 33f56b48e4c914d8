/**
 * Where sealed records of the audit log are kept. Every process writes a chain of its own, so nobody has to agree on an
 * order; what the bytes mean is known to the audit room alone. A store never changes bytes: what it keeps beside them, to
 * find them by, says nothing that they do not say themselves.
 */
export interface AuditStore {
  /**
   * Makes a batch durable, all of it or nothing, and resolves when it is on the disk. A batch whose head is there already
   * is done: it may be sent again when its answer was lost. Rejects with any error, in bounded time.
   */
  append(batch: AuditBatch): Promise<void>;
  /** The last head of each chain, the one that was written last first. */
  lastHeads(limit: number): Promise<readonly StoredHead[]>;
  /** All segments, by writer and number. */
  segments(): Promise<readonly StoredSegment[]>;
  /**
   * The records of one chain from a sequence on, in order. As `find`, it gives fewer than `limit` when they would be many
   * megabytes; none only where there are none.
   */
  records(writer: string, fromSequence: number, limit: number): Promise<readonly StoredRecord[]>;
  /** The heads of one chain from a number on, in order. */
  heads(writer: string, fromNumber: number, limit: number): Promise<readonly StoredHead[]>;
  /** The first head of a chain that covers a sequence; undefined where there is none. */
  headOver(writer: string, sequence: number): Promise<StoredHead | undefined>;
  /** The wrapped keys of one segment, by number. */
  keys(writer: string, segment: number): Promise<readonly WrappedKey[]>;
  /** Records of all chains, the newest first. */
  find(query: AuditQuery): Promise<readonly StoredRecord[]>;
  /**
   * Keeps a segment's summary and drops its wrapped keys, both or neither: from here on nobody can read what it says. Does
   * nothing where that is done already.
   */
  shred(writer: string, segment: number, summary: Buffer): Promise<void>;
  /** Does what no other process over this store does at the same time; gives undefined where another one is at it. */
  exclusively<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** Takes out records and heads of shredded segments, some thousands at most; true while there are more. */
  sweep(): Promise<boolean>;
  close(): Promise<void>;
}

/** What is written at once: records of one segment, and the head that covers them. */
export interface AuditBatch {
  /** The chain: a UUID. */
  readonly writer: string;
  /** The segment that begins with this batch. */
  readonly begins?: SegmentStart | undefined;
  /** Keys that its records are the first to use. */
  readonly keys: readonly WrappedKey[];
  readonly records: readonly StoredRecord[];
  readonly head: StoredHead;
}

/** Where a segment begins. */
export interface SegmentStart {
  /** From 1 within a chain. */
  readonly number: number;
  readonly firstSequence: number;
  readonly startEpochMs: number;
}

/** A segment: what is encrypted under the same keys, and leaves the log together. */
export interface StoredSegment extends SegmentStart {
  readonly writer: string;
  /** What is left of a segment that was shredded. */
  readonly summary?: Buffer | undefined;
}

/** A record's bytes, and what of them it is found by. */
export interface StoredRecord {
  readonly writer: string;
  /** From 1 within a chain, without gaps. */
  readonly sequence: number;
  readonly segment: number;
  /** A whole number of milliseconds since 1970. */
  readonly epochMs: number;
  /** A number from 1 to 255, by the record's kind. Those from 10 to 19 come with every call; the others are rare. */
  readonly kind: number;
  /** A UUID; empty where the record is about no request. */
  readonly requestId: string;
  readonly bytes: Buffer;
}

/** The root over a segment as far as a batch reaches. */
export interface StoredHead {
  readonly writer: string;
  /** From 1 within a chain, without gaps. */
  readonly number: number;
  readonly segment: number;
  /** The last record that it covers. */
  readonly lastSequence: number;
  readonly epochMs: number;
  readonly bytes: Buffer;
}

/** A segment's data key as only the holder of the master key can read it. */
export interface WrappedKey {
  readonly writer: string;
  readonly segment: number;
  /** From 1 within a segment. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** Which records are found. */
export interface AuditQuery {
  readonly fromEpochMs: number;
  /** Exclusive. */
  readonly toEpochMs: number;
  /** Default: all. */
  readonly kinds?: readonly number[] | undefined;
  readonly requestId?: string | undefined;
  /** Goes on after this record, in the order of `find`: by time, then writer, then sequence, all descending. */
  readonly after?: AuditPosition | undefined;
  readonly limit: number;
}

/** A record's place in the order of `find`. */
export interface AuditPosition {
  readonly epochMs: number;
  readonly writer: string;
  readonly sequence: number;
}
