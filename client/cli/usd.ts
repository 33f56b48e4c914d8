const nanoUsdPerUsd = 1_000_000_000n;

/** An amount in nano-USD as exact US dollars, with at least two decimals: 250000000n is "0.25". */
export function usd(nanoUsd: bigint): string {
  const decimals = String(nanoUsd % nanoUsdPerUsd).padStart(9, "0");
  return `${nanoUsd / nanoUsdPerUsd}.${decimals.replace(/0{1,7}$/, "")}`;
}
