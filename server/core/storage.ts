import type { KeyStore } from "./key-store.ts";
import type { Ledger } from "./ledger.ts";

/** Where a gateway keeps what has to outlive it. */
export interface Storage {
  readonly ledger: Ledger;
  readonly keys: KeyStore;
  /** Makes durable what is not, and ends both. */
  close(): Promise<void>;
}
