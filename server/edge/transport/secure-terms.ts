import { constants } from "node:crypto";
import type { SecureContextOptions, Server, TlsOptions } from "node:tls";
import type { TlsMaterial } from "../../core/tls-material.ts";

/** How TLS is spoken. */
export interface SecureTermsOptions {
  readonly material: TlsMaterial;
  readonly minVersion: "1.2" | "1.3";
  /** Whether clients are asked for a certificate, and let in without one. */
  readonly clientAuth: "none" | "optional" | "required";
}

/** The terms of TLS on every port, which can be renewed while servers run. */
export interface SecureTerms {
  /** What a server begins with that speaks these protocols (RFC 7301, ALPN), the dearest first. */
  serverOptions(protocols: readonly string[]): TlsOptions;
  /** The server takes new terms over from now on, until it closes. */
  keep(server: Server): void;
  /** New connections meet this certificate; those that are there stay as they are. Throws where OpenSSL refuses it. */
  renew(material: TlsMaterial): void;
}

/**
 * Forward secrecy and authenticated encryption only, which is what HTTP/2 may be spoken over (RFC 9113, appendix A), in the
 * order of https://wiki.mozilla.org/Security/Server_Side_TLS (intermediate).
 */
const cipherSuites = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** The terms of the start. */
export function createSecureTerms(options: SecureTermsOptions): SecureTerms {
  const { clientAuth } = options;
  const servers = new Set<Server>();
  let context = contextOf(options.material, options);
  return {
    serverOptions: (protocols) => ({
      ...context,
      ALPNProtocols: [...protocols],
      requestCert: clientAuth !== "none",
      rejectUnauthorized: clientAuth === "required",
    }),
    keep(server) {
      servers.add(server);
      server.once("close", () => servers.delete(server));
    },
    renew(material) {
      context = contextOf(material, options);
      for (const server of servers) server.setSecureContext(context);
    },
  };
}

function contextOf(
  { certificate, key, clientCa }: TlsMaterial,
  { minVersion, clientAuth }: SecureTermsOptions,
): SecureContextOptions {
  // Whoever resumes a session does not show a certificate again: it would outlive a change of the authorities.
  const noResumption = clientAuth === "none" ? 0 : constants.SSL_OP_NO_TICKET;
  return {
    cert: certificate,
    key,
    ...(clientCa !== undefined && { ca: clientCa }),
    ciphers: cipherSuites,
    honorCipherOrder: true,
    minVersion: minVersion === "1.3" ? "TLSv1.3" : "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | noResumption,
  };
}
