import { BlockList, isIP } from "node:net";
import { plainAddress } from "../plain-address.ts";

/** A header of a call by its name in lower case; one that came several times is joined with commas. */
export type ReadHeader = (name: string) => string | undefined;

/** Whose word on a caller's address is believed. */
export interface TrustedProxies {
  trusts(address: string): boolean;
  /**
   * The address of the caller behind a trusted proxy: from the right, the first that is no trusted proxy itself, because
   * whatever stands left of it is the caller's own word. X-Forwarded-For is read before Forwarded (RFC 7239).
   */
  callerBehind(proxy: string, header: ReadHeader): string;
}

/** Networks as `10.0.0.0/8`. */
export function createTrustedProxies(networks: readonly string[]): TrustedProxies {
  const known = new BlockList();
  for (const network of networks) {
    const [address = "", length] = network.split("/");
    known.addSubnet(address, Number(length), familyOf(address));
  }
  const trusts = (address: string) =>
    networks.length > 0 && isIP(address) > 0 && known.check(address, familyOf(address));
  return {
    trusts,
    callerBehind(proxy, header) {
      let caller = proxy;
      for (const address of forwardedFor(header).toReversed()) {
        if (address === undefined) return caller;
        caller = address;
        if (!trusts(address)) return caller;
      }
      return caller;
    },
  };
}

/** Longer lists are cut on the left, which is the end that nobody vouches for. */
const mostHops = 32;

/** The addresses from left to right; undefined for one that is unknown, hidden or no address at all. */
function forwardedFor(header: ReadHeader): readonly (string | undefined)[] {
  const list = header("x-forwarded-for");
  if (list !== undefined) {
    return list.slice(-4096).split(",").slice(-mostHops).map(addressIn);
  }
  const elements = (header("forwarded") ?? "").slice(-4096).split(",").slice(-mostHops);
  return elements.flatMap((element) => {
    const node = /(?:^|;)\s*for=(?<node>"[^"]*"|[^;]*)/i.exec(element)?.groups?.node;
    return node === undefined ? [] : [addressIn(node.replaceAll('"', ""))];
  });
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. */
function addressIn(node: string): string | undefined {
  const text = node.trim();
  const bare =
    /^\[(?<inner>[^\]]+)\]/.exec(text)?.groups?.inner ?? text.replace(/^([\d.]+):\d+$/, "$1");
  return isIP(bare) > 0 ? plainAddress(bare) : undefined;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}
