import type { KeyStore } from "./key-store.ts";
import type { Ledger } from "./ledger.ts";
import type { SharedAnswers } from "./shared-answers.ts";
import type { SharedRates } from "./shared-rates.ts";

/** What gateways over one store have in common. */
export interface SharedStorage {
  readonly answers: SharedAnswers;
  readonly rates: SharedRates;
  /** 32 random bytes, the same in all of them: for tokens that stand for values in answers that they share. */
  readonly secret: Buffer;
}

/** Where a gateway keeps what has to outlive it. */
export interface Storage {
  readonly ledger: Ledger;
  readonly keys: KeyStore;
  /** What several gateways share; absent where the store is one gateway's own. */
  readonly shared?: SharedStorage | undefined;
  /** Makes durable what is not, and ends both. */
  close(): Promise<void>;
}
