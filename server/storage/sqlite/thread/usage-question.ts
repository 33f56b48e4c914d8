import type { UsageQuery, UsageSum } from "../../../core/ledger.ts";

/** To the thread that adds usage up. */
export interface UsageQuestion {
  readonly number: number;
  readonly query: UsageQuery;
}

/** From it. */
export type UsageAnswer =
  | { readonly number: number; readonly sums: readonly UsageSum[] }
  | { readonly number: number; readonly failure: string };
