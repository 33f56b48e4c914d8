import { readFileSync } from "node:fs";
import type { LicenseKey } from "../core/license-keys.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { isEntry, readLicenseKeyEntry } from "./license-key-entry.ts";
import type { Configuration } from "./settings.ts";

/**
 * The licence keys of the configuration as SHA-256. Problems name the entry by its place, never by its text. Admins that
 * have no licence key, or readers of the audit log, are a problem too.
 */
export function loadLicenseKeys(settings: Configuration): readonly LicenseKey[] {
  const { licenseKeys = "", licenseKeysFile } = settings;
  const entries = [
    ...licenseKeys.split(",").map((entry, index) => ({ entry, where: `licence key ${index + 1}` })),
    ...(licenseKeysFile ? linesOf(licenseKeysFile) : []),
  ]
    .map(({ entry, where }) => ({ entry: entry.trim(), where }))
    .filter(({ entry }) => isEntry(entry));
  const problems: string[] = [];
  const keys: LicenseKey[] = [];
  for (const [index, { entry, where }] of entries.entries()) {
    const key = readLicenseKeyEntry(entry, index + 1);
    if (typeof key === "string") problems.push(`${where}: ${key}`);
    else if (keys.some((other) => other.name === key.name)) {
      problems.push(`${where}: another key has the name ${key.name} already`);
    } else if (keys.some((other) => other.sha256.equals(key.sha256))) {
      problems.push(`${where}: is the same key as another one`);
    } else keys.push(key);
  }
  if (problems.length === 0) problems.push(...unknownNames(settings, keys));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return keys.map((key) => {
    const granted = settings.keyGrants.get(key.name);
    return granted ? { ...key, tenant: granted.tenant, grants: granted } : key;
  });
}

function unknownNames(
  { adminKeys, auditReaders, clientCertificates }: Configuration,
  keys: readonly LicenseKey[],
): string[] {
  const names = [...keys.map(({ name }) => name), ...clientCertificates.values()];
  const advice = names.length > 0 ? `The names are: ${names.join(", ")}` : "There are none";
  const named = [
    ...adminKeys.map((name) => ({ name, where: "AXONFLOW_ADMIN_KEYS" })),
    ...auditReaders.map((name) => ({ name, where: "AXONFLOW_AUDIT_READERS" })),
  ];
  return named
    .filter(({ name }) => !names.includes(name))
    .map(({ name, where }) => `${where}: no licence key has the name ${name}. ${advice}`);
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
