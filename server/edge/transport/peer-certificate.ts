import type { X509Certificate } from "node:crypto";
import { TLSSocket } from "node:tls";

/** A certificate that a client showed. */
export interface PeerCertificate {
  /** SHA-256 of it, 64 hex digits in lower case. */
  readonly sha256: string;
  /** What it says its holder is: `sha256:…`, `uri:…`, `dns:…`, `cn:…`, the most exact first. */
  readonly identities: readonly string[];
  /** Why it is not believed, as OpenSSL says it; undefined where it is. */
  readonly problem: string | undefined;
}

/** The certificate that was shown on a connection; undefined where none was, or where none was asked for. */
export function peerCertificateOf(socket: unknown): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return undefined;
  const { authorized, authorizationError } = socket;
  const problem = authorized ? undefined : String(authorizationError);
  return { ...identitiesOf(certificate), problem };
}

function identitiesOf(certificate: X509Certificate): Omit<PeerCertificate, "problem"> {
  const sha256 = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  const names = alternativeNames(certificate.subjectAltName ?? "");
  const commonName: unknown = certificate.toLegacyObject().subject?.CN;
  return {
    sha256,
    identities: [
      `sha256:${sha256}`,
      ...names.filter((name) => name.startsWith("uri:")),
      ...names.filter((name) => name.startsWith("dns:")),
      // Who has two common names has none that can be relied on.
      ...(typeof commonName === "string" ? [`cn:${commonName}`] : []),
    ],
  };
}

/**
 * The URIs and DNS names in `DNS:a, URI:b`. Node writes values that could be taken for several as JSON strings
 * (https://nodejs.org/api/crypto.html#x509subjectaltname); what does not fit that form ends the reading.
 */
function alternativeNames(text: string): string[] {
  const entry = /(?<kind>[A-Za-z ]+):(?<value>"(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y;
  const names: string[] = [];
  while (entry.lastIndex < text.length) {
    const { kind, value = "" } = entry.exec(text)?.groups ?? {};
    if (kind === undefined) return [];
    const name: string = value.startsWith('"') ? JSON.parse(value) : value;
    if (kind === "URI") names.push(`uri:${name}`);
    if (kind === "DNS") names.push(`dns:${name.toLowerCase()}`);
  }
  return names;
}
