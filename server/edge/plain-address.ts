/** An IP address as people write it: an IPv4 address that came in as an IPv6 one (`::ffff:192.0.2.1`) is IPv4 again. */
export function plainAddress(address: string | undefined): string {
  if (!address) return "";
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  return isMapped ? address.slice("::ffff:".length) : address;
}
