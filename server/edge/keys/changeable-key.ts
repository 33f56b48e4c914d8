import { GatewayError } from "../../core/error.ts";
import { keyNotChangeable, keyNotFound } from "../../core/key-errors.ts";
import type { KeyRecord } from "../../core/key-store.ts";
import type { LicenseKey } from "../../core/license-keys.ts";
import { violation } from "../violation.ts";

/**
 * The record that an id or a name means, of several with one name the newest that no other took the place of. Throws KEY_NOT_FOUND, and KEY_NOT_CHANGEABLE
 * for a key of the configuration. `records` has the newest first.
 */
export function changeableKey(
  idOrName: string,
  configured: readonly LicenseKey[],
  records: readonly KeyRecord[],
): KeyRecord {
  if (idOrName === "") throw GatewayError.invalid(violation("key", "Must be set."));
  const named = records.filter(({ name }) => name === idOrName);
  const found =
    records.find(({ id }) => id === idOrName) ??
    named.find(({ replacedBy }) => replacedBy === undefined) ??
    named[0];
  if (found) return found;
  if (!configured.some(({ name }) => name === idOrName)) throw keyNotFound(idOrName);
  throw keyNotChangeable(
    `The licence key ${idOrName} stands in the configuration.`,
    "Change AXONFLOW_LICENSE_KEYS, or the file that AXONFLOW_LICENSE_KEYS_FILE names, and restart the gateway.",
  );
}
