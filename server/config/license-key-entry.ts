import { createHash } from "node:crypto";
import type { LicenseKey } from "../core/license-keys.ts";

/** The `=` after a name is not one that a base64 key ends with. */
const entryForm = /^(?:(?<name>[A-Za-z0-9_.-]{1,64})=(?!=*$))?(?<secret>\S+)$/;
const digestForm = /^sha256:(?<hex>[0-9a-fA-F]{64})$/;

/** A shorter key could be guessed. */
const shortestKey = 16;

/** A licence key as it is configured, or what is wrong with it, which never quotes it. Positions count from 1. */
export function readLicenseKeyEntry(entry: string, position: number): LicenseKey | string {
  const { name = `key-${position}`, secret } = entryForm.exec(entry)?.groups ?? {};
  if (!secret)
    return "must be `key`, `name=key` or `name=sha256:<64 hex digits>`, without white space";
  const hex = digestForm.exec(secret)?.groups?.hex;
  if (hex) return { name, sha256: Buffer.from(hex, "hex") };
  if (secret.startsWith("sha256:")) return "sha256: must be followed by 64 hex digits";
  if (secret.length < shortestKey) return `is shorter than ${shortestKey} characters`;
  return { name, sha256: createHash("sha256").update(secret).digest() };
}

/** The names of keys that are separated by commas; undefined when they cannot be told from the keys. */
export function licenseKeyNames(text: string): string | undefined {
  const entries = text.split(",").map((entry) => entry.trim());
  const names = entries.filter(isEntry).map((entry, index) => {
    const key = readLicenseKeyEntry(entry, index + 1);
    return typeof key === "string" ? undefined : key.name;
  });
  return names.includes(undefined) ? undefined : names.join(",");
}

/** Empty places and comments are passed over. */
export function isEntry(entry: string): boolean {
  return entry !== "" && !entry.startsWith("#");
}
