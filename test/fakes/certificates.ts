import {
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { bits, contextTag, integer, objectId, octets, sequence, set, time, utf8 } from "./der.ts";

/** A certificate and its key, as PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
  /** SHA-256 of it, 64 hex digits. */
  readonly sha256: string;
}

/** What a certificate says, and for how long. */
export interface CertificateTerms {
  readonly commonName?: string;
  /** `DNS:a`, `URI:b` or `IP:127.0.0.1`. */
  readonly names?: readonly string[];
  readonly fromEpochMs?: number;
  readonly untilEpochMs?: number;
}

/** An authority that issues certificates for tests (RFC 5280; ECDSA with P-256). */
export interface Authority extends IssuedCertificate {
  issue(terms: CertificateTerms): IssuedCertificate;
}

const hourMs = 3_600_000;
const ecdsaWithSha256 = sequence(objectId("1.2.840.10045.4.3.2"));
const ids = { commonName: "2.5.4.3", names: "2.5.29.17", constraints: "2.5.29.19" };

/** Makes one, with a key of its own. */
export function createAuthority(commonName = "Test Authority"): Authority {
  const keys = newKeys();
  const self = issueWith(keys.privateKey, commonName, keys, { commonName }, true);
  return {
    ...self,
    issue: (terms) => issueWith(keys.privateKey, commonName, newKeys(), terms, false),
  };
}

/** A certificate that its own key has signed, for a server that nobody vouches for. */
export function selfSigned(terms: CertificateTerms): IssuedCertificate {
  const keys = newKeys();
  return issueWith(keys.privateKey, terms.commonName ?? "", keys, terms, false);
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function newKeys(): Keys {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function issueWith(
  issuerKey: KeyObject,
  issuer: string,
  { publicKey, privateKey }: Keys,
  terms: CertificateTerms,
  isAuthority: boolean,
): IssuedCertificate {
  const { commonName = "", names = [] } = terms;
  const { fromEpochMs = Date.now() - hourMs, untilEpochMs = Date.now() + hourMs } = terms;
  const extensions = [
    ...(isAuthority ? [extension(ids.constraints, sequence(Buffer.from([1, 1, 0xff])))] : []),
    ...(names.length > 0 ? [extension(ids.names, sequence(...names.map(generalName)))] : []),
  ];
  const body = sequence(
    contextTag(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(fromEpochMs), time(untilEpochMs)),
    nameOf(commonName),
    publicKey.export({ format: "der", type: "spki" }),
    ...(extensions.length > 0 ? [contextTag(3, sequence(...extensions))] : []),
  );
  const der = sequence(body, ecdsaWithSha256, bits(sign("sha256", body, issuerKey)));
  const lines = der.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ format: "pem", type: "pkcs8" }) as string,
    sha256: new X509Certificate(der).fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

function nameOf(commonName: string): Buffer {
  if (commonName === "") return sequence();
  return sequence(set(sequence(objectId(ids.commonName), utf8(commonName))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectId(id), octets(value));
}

/** The tags of GeneralName in RFC 5280, section 4.2.1.6. */
function generalName(name: string): Buffer {
  const [kind = "", ...rest] = name.split(":");
  const text = rest.join(":");
  const tag = { DNS: 0x82, URI: 0x86, IP: 0x87 }[kind];
  if (tag === undefined) throw new Error(`no such kind of name: ${name}`);
  const bytes = kind === "IP" ? Buffer.from(text.split(".").map(Number)) : Buffer.from(text);
  return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
}
