import { createPublicKey, hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigurationError } from "../../config/configuration-error.ts";

/** The only keys that may have signed, as base64 of their DER; undefined where no file names any. */
export function readTrustedKeys(files: readonly string[]): ReadonlySet<string> | undefined {
  return files.length > 0 ? new Set(files.map(readKey)) : undefined;
}

/** What two people compare of a public key: the SHA-256 of its DER, in hex. `openssl` prints the same. */
export function fingerprint(publicKey: string): string {
  return hash("sha256", Buffer.from(publicKey, "base64"));
}

/** PEM, or DER of SubjectPublicKeyInfo. */
function readKey(path: string): string {
  const bytes = read(path);
  if (bytes.includes("PRIVATE KEY")) {
    throw refused(path, "holds a private key, which nobody but the gateway should have");
  }
  const isPem = bytes.includes("-----BEGIN");
  try {
    const key = isPem
      ? createPublicKey(bytes)
      : createPublicKey({ key: bytes, format: "der", type: "spki" });
    return key.export({ type: "spki", format: "der" }).toString("base64");
  } catch {
    throw refused(path, "is no public key in PEM or DER, as `axonflow audit public-key` prints it");
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw refused(path, `cannot be read (${code})`);
  }
}

function refused(path: string, why: string): ConfigurationError {
  return new ConfigurationError([`--public-key: ${path} ${why}.`]);
}
