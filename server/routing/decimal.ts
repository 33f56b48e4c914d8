/** Decimal US dollars as nano-USD, digit by digit: no float is ever involved. At most nine decimals. */
export function nanoUsd(decimal: string): bigint {
  return scaledInteger(decimal, 9);
}

/** A decimal factor in millionths: "1.1" is 1,100,000. At most six decimals. */
export function perMillion(decimal: string): bigint {
  return scaledInteger(decimal, 6);
}

function scaledInteger(decimal: string, decimals: number): bigint {
  const match = /^(?<whole>\d{1,9})(?:\.(?<fraction>\d+))?$/.exec(decimal)?.groups;
  const { whole = "", fraction = "" } = match ?? {};
  if (!match || fraction.length > decimals) {
    throw new Error(`${decimal} is no decimal number with at most ${decimals} decimals`);
  }
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}
