import type { Origin } from "../../core/origin.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import type { ReadHeader, TrustedProxies } from "./trusted-proxies.ts";

/** A connection, from its first byte to its last. One object for all calls on it. */
export interface Connection {
  /** The IP address at its other end. */
  readonly address: string;
  /** Shown during the TLS handshake; undefined before it, and without one. */
  certificate: PeerCertificate | undefined;
  /** Whether a call on it was let in: such a connection does not have to make room for others. */
  isKnown: boolean;
  /** It is old and should end: the next answer over HTTP/1.1 says so. */
  isAged: boolean;
  /**
   * The gateway leaves, and its caller could not be told: an answer that began before is still being sent over HTTP/1.1. The
   * next call on it is let in, and its answer tells.
   */
  isOwed: boolean;
  /** Where a call on it comes from. The same object each time, but for callers behind a trusted proxy. */
  originOf(protocol: Origin["protocol"], header: ReadHeader): Origin;
}

/** What is known of a connection when it is accepted. */
export function createConnection(address: string, proxies: TrustedProxies): Connection {
  const isProxy = proxies.trusts(address);
  const origins: { [protocol in Origin["protocol"]]?: Origin } = {};
  const connection: Connection = {
    address,
    certificate: undefined,
    isKnown: false,
    isAged: false,
    isOwed: false,
    originOf(protocol, header) {
      if (isProxy) return make(proxies.callerBehind(address, header), protocol);
      origins[protocol] ??= make(address, protocol);
      return origins[protocol];
    },
  };
  const make = (caller: string, protocol: Origin["protocol"]): Origin => {
    const { certificate } = connection;
    const verified = certificate?.problem === undefined ? certificate?.sha256 : undefined;
    return { address: caller, protocol, certificate: verified };
  };
  return connection;
}
