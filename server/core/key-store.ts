import type { KeyGrants } from "./key-grants.ts";

/** A licence key that an admin made. The key itself is nowhere: it was shown once. */
export interface KeyRecord {
  /** A UUID. */
  readonly id: string;
  /** What logs, budgets and reports call the holder; unique among the keys that are not revoked. */
  readonly name: string;
  /** Empty where the key belongs to none. */
  readonly tenant: string;
  readonly grants: KeyGrants;
  /** SHA-256 of the key's UTF-8 bytes, 32 bytes. */
  readonly sha256: Buffer;
  /** The key's first characters, by which its holder recognises it. */
  readonly prefix: string;
  readonly createdEpochMs: number;
  /** The name of the key that made it. */
  readonly createdBy: string;
  /** From when it is refused; undefined while it holds. A rotated key may have a moment that is yet to come. */
  readonly revokedEpochMs?: number | undefined;
  /** The key that took its place. */
  readonly replacedBy?: string | undefined;
}

/** Where licence keys are kept. Every method rejects with LEDGER_UNAVAILABLE when the store cannot answer in time. */
export interface KeyStore {
  /** Rejects with KEY_NAME_TAKEN when a key that holds has the name. */
  create(record: KeyRecord): Promise<void>;
  /** All of them, the newest first. */
  list(): Promise<readonly KeyRecord[]>;
  /** Sets the end of a key; an earlier end that is set already stays. Rejects with KEY_NOT_FOUND. */
  revoke(id: string, revokedEpochMs: number): Promise<KeyRecord>;
  /**
   * Ends a key and puts another one of the same name in its place, both or neither; gives the one that ends. Rejects with
   * KEY_NOT_FOUND, and with KEY_NOT_CHANGEABLE when it has an end already.
   */
  rotate(id: string, successor: KeyRecord, revokedEpochMs: number): Promise<KeyRecord>;
  /** Calls back after each change of any gateway, within two seconds of it. Returns the way to stop. */
  watch(changed: () => void): () => void;
  close(): Promise<void>;
}
