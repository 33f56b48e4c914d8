import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { TlsMaterial } from "../core/tls-material.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { TransportSettings } from "./settings/transport.ts";

/** The files of TLS, read and checked, and what the operator should know of them. */
export interface TlsFiles {
  readonly material: TlsMaterial;
  readonly warnings: readonly string[];
}

/**
 * Reads the certificate, its key and the authorities of clients; undefined without a certificate. Throws a
 * ConfigurationError where a server could not begin with them, or would be believed by nobody.
 */
export function readTlsFiles(settings: TransportSettings, epochMs: number): TlsFiles | undefined {
  const { tlsCertFile, tlsKeyFile, tlsClientCaFile, tlsClientAuth } = settings;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined;
  const certificate = readPem("AXONFLOW_TLS_CERT_FILE", tlsCertFile);
  const key = readPem("AXONFLOW_TLS_KEY_FILE", tlsKeyFile);
  const clientCa =
    tlsClientAuth === "none" || tlsClientCaFile === undefined
      ? undefined
      : readPem("AXONFLOW_TLS_CLIENT_CA_FILE", tlsClientCaFile);
  const leaf = certificatesIn(`AXONFLOW_TLS_CERT_FILE: ${tlsCertFile}`, certificate)[0];
  const privateKey = privateKeyIn(`AXONFLOW_TLS_KEY_FILE: ${tlsKeyFile}`, key);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw refused(
      `AXONFLOW_TLS_KEY_FILE: ${tlsKeyFile} is not the key of the certificate in ${tlsCertFile}. The certificate of the server has to be the first one there.`,
    );
  }
  refuseOutdated(`AXONFLOW_TLS_CERT_FILE: the certificate in ${tlsCertFile}`, leaf, epochMs);
  if (clientCa !== undefined) {
    certificatesIn(`AXONFLOW_TLS_CLIENT_CA_FILE: ${tlsClientCaFile}`, clientCa);
  }
  refuseUnusable({ cert: certificate, key, ...(clientCa !== undefined && { ca: clientCa }) });
  return {
    material: { certificate, key, clientCa, endEpochMs: leaf.validToDate.getTime() },
    warnings: openToOthers(tlsKeyFile),
  };
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw refused(`${setting}: ${path} cannot be read (${codeOf(error)}).`);
  }
}

function certificatesIn(where: string, pem: string): [X509Certificate, ...X509Certificate[]] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...others] = blocks.map((block) => new X509Certificate(block));
    if (first) return [first, ...others];
  } catch {
    // Said below.
  }
  throw refused(`${where} holds no certificate in PEM, or one that cannot be read.`);
}

function privateKeyIn(where: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const needsPassphrase = codeOf(error) === "ERR_MISSING_PASSPHRASE";
    const why = needsPassphrase
      ? "has a passphrase. Give one without"
      : "holds no private key in PEM";
    throw refused(`${where} ${why}.`);
  }
}

function refuseOutdated(where: string, certificate: X509Certificate, epochMs: number): void {
  const { validToDate, validFromDate } = certificate;
  if (validToDate.getTime() <= epochMs) {
    throw refused(`${where} ended on ${validToDate.toISOString()}. Renew it.`);
  }
  if (validFromDate.getTime() > epochMs) {
    throw refused(`${where} begins on ${validFromDate.toISOString()}. Is the clock right?`);
  }
}

/** What only OpenSSL knows to be wrong, such as a key that is too short for it. */
function refuseUnusable(terms: SecureContextOptions): void {
  try {
    createSecureContext(terms);
  } catch (error) {
    throw refused(`AXONFLOW_TLS_CERT_FILE: TLS cannot be spoken with it (${codeOf(error)}).`);
  }
}

function openToOthers(path: string): string[] {
  if ((statSync(path).mode & 0o007) === 0) return [];
  return [
    `AXONFLOW_TLS_KEY_FILE: everybody on this machine can read ${path}. Run: chmod 600 ${path}`,
  ];
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function refused(problem: string): ConfigurationError {
  return new ConfigurationError([problem]);
}
