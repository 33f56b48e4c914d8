import { GatewayError } from "../../core/error.ts";
import { keyNotChangeable, keyNotFound } from "../../core/key-errors.ts";
import type { KeyRecord } from "../../core/key-store.ts";
import type { LicenseKey } from "../../core/license-keys.ts";
import { violation } from "../violation.ts";

/** Where a key is looked for. */
export interface KnownKeys {
  readonly configured: readonly LicenseKey[];
  /** The newest first. */
  readonly records: readonly KeyRecord[];
}

/**
 * The record that an id or a name means, of several with one name the newest that no other took the place of. Throws
 * KEY_NOT_FOUND, and KEY_NOT_CHANGEABLE for a key of the configuration.
 */
export function changeableKey(idOrName: string, known: KnownKeys): KeyRecord {
  const [first, ...others] = changeableKeys(idOrName, known);
  return [first, ...others].find(({ replacedBy }) => replacedBy === undefined) ?? first;
}

/** The records that an id or a name means, the newest first. Throws as `changeableKey` does. */
export function changeableKeys(
  idOrName: string,
  { configured, records }: KnownKeys,
): readonly [KeyRecord, ...KeyRecord[]] {
  if (idOrName === "") throw GatewayError.invalid(violation("key", "Must be set."));
  const one = records.find(({ id }) => id === idOrName);
  const [first, ...others] = one ? [one] : records.filter(({ name }) => name === idOrName);
  if (first) return [first, ...others];
  if (!configured.some(({ name }) => name === idOrName)) throw keyNotFound(idOrName);
  throw keyNotChangeable(
    `The licence key ${idOrName} stands in the configuration.`,
    "Change AXONFLOW_LICENSE_KEYS, or the file that AXONFLOW_LICENSE_KEYS_FILE names, and restart the gateway.",
  );
}
