import type { Endpoint } from "../core/call.ts";

/** Endpoints live for a day, with the prices of that day. */
const ranks = new WeakMap<Endpoint, number>();

/**
 * What a typical call costs at an endpoint, for comparing: two tokens read for each one written, at the standard price,
 * as the setup guide's own comparison of 1,000 in and 500 out. An endpoint without a price is dearer than all others.
 */
export function priceRank(endpoint: Endpoint): number {
  const known = ranks.get(endpoint);
  if (known !== undefined) return known;
  const price = endpoint.prices?.standard;
  const rank = price
    ? Number(2n * price.inputNanoUsdPerMillionTokens + price.outputNanoUsdPerMillionTokens)
    : Number.POSITIVE_INFINITY;
  ranks.set(endpoint, rank);
  return rank;
}
