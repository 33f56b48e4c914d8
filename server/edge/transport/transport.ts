import type { Log } from "../../core/log.ts";
import { type Census, createCensus } from "./census.ts";
import { createSecureTerms, type SecureTerms, type SecureTermsOptions } from "./secure-terms.ts";
import type { TransportLimits } from "./transport-limits.ts";
import { createTrustedProxies, type TrustedProxies } from "./trusted-proxies.ts";

/** What all ports have in common below HTTP. */
export interface Transport {
  readonly limits: TransportLimits;
  readonly census: Census;
  readonly proxies: TrustedProxies;
  /** Undefined: cleartext. */
  readonly secure: SecureTerms | undefined;
}

export interface TransportOptions {
  readonly limits: TransportLimits;
  /** Networks as `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
  readonly secure: SecureTermsOptions | undefined;
  readonly log: Log;
}

/** Made once for a gateway; each port is opened with it. */
export function createTransport({
  limits,
  trustedProxies,
  secure,
  log,
}: TransportOptions): Transport {
  return {
    limits,
    census: createCensus({ limit: limits.maxConnections, log }),
    proxies: createTrustedProxies(trustedProxies),
    secure: secure && createSecureTerms(secure),
  };
}
