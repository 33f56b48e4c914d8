import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { LicenseKey } from "../core/license-keys.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { Configuration } from "./settings.ts";

/** The `=` after a name is not one that a base64 key ends with. */
const entryForm = /^(?:(?<name>[A-Za-z0-9_.-]{1,64})=(?!=*$))?(?<secret>\S+)$/;
const digestForm = /^sha256:(?<hex>[0-9a-fA-F]{64})$/;

/** A shorter key could be guessed. */
const shortestKey = 16;

/**
 * The licence keys of the configuration as SHA-256. Problems name the entry by its place, never by its text. Admins that
 * have no licence key are a problem too.
 */
export function loadLicenseKeys(settings: Configuration): readonly LicenseKey[] {
  const { licenseKeys = "", licenseKeysFile } = settings;
  const entries = [
    ...licenseKeys.split(",").map((entry, index) => ({ entry, where: `licence key ${index + 1}` })),
    ...(licenseKeysFile ? linesOf(licenseKeysFile) : []),
  ]
    .map(({ entry, where }) => ({ entry: entry.trim(), where }))
    .filter(({ entry }) => entry !== "" && !entry.startsWith("#"));
  const problems: string[] = [];
  const keys: LicenseKey[] = [];
  for (const [index, { entry, where }] of entries.entries()) {
    const key = readEntry(entry, index + 1);
    if (typeof key === "string") problems.push(`${where}: ${key}`);
    else if (keys.some((other) => other.name === key.name)) {
      problems.push(`${where}: another key has the name ${key.name} already`);
    } else if (keys.some((other) => other.sha256.equals(key.sha256))) {
      problems.push(`${where}: is the same key as another one`);
    } else keys.push(key);
  }
  if (problems.length === 0) problems.push(...unknownAdmins(settings, keys));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return keys.map((key) => {
    const granted = settings.keyGrants.get(key.name);
    return granted ? { ...key, tenant: granted.tenant, grants: granted } : key;
  });
}

function unknownAdmins({ adminKeys }: Configuration, keys: readonly LicenseKey[]): string[] {
  const names = keys.map(({ name }) => name);
  const advice = names.length > 0 ? `The names are: ${names.join(", ")}` : "There are none";
  return adminKeys
    .filter((name) => !names.includes(name))
    .map((name) => `AXONFLOW_ADMIN_KEYS: no licence key has the name ${name}. ${advice}`);
}

/** The key, or what is wrong with the entry. */
function readEntry(entry: string, position: number): LicenseKey | string {
  const { name = `key-${position}`, secret } = entryForm.exec(entry)?.groups ?? {};
  if (!secret)
    return "must be `key`, `name=key` or `name=sha256:<64 hex digits>`, without white space";
  const hex = digestForm.exec(secret)?.groups?.hex;
  if (hex) return { name, sha256: Buffer.from(hex, "hex") };
  if (secret.startsWith("sha256:")) return "sha256: must be followed by 64 hex digits";
  if (secret.length < shortestKey) return `is shorter than ${shortestKey} characters`;
  return { name, sha256: createHash("sha256").update(secret).digest() };
}

function linesOf(path: string) {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.map((entry, index) => ({ entry, where: `${path}:${index + 1}` }));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new ConfigurationError([`${path}: the file of licence keys cannot be read (${code})`]);
  }
}
