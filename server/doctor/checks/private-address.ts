import { BlockList, isIPv6 } from "node:net";

const privateRanges = new BlockList();
for (const [address, prefix] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
] as const) {
  privateRanges.addSubnet(address, prefix, "ipv4");
}
privateRanges.addSubnet("fc00::", 7, "ipv6");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether an address belongs to a private network (RFC 1918, RFC 6598, RFC 4193). */
export function isPrivateAddress(address: string): boolean {
  return privateRanges.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whether an address never leaves the machine. */
export function isLoopbackAddress(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
