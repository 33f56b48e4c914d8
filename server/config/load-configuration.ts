import type { LicenseKey } from "../core/license-keys.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { conflictsIn } from "./conflicts.ts";
import { loadLicenseKeys } from "./license-keys.ts";
import { type LoadedSettings, loadWithOrigins } from "./load.ts";
import { locate } from "./locate.ts";
import type { Sources } from "./sources.ts";

/** Everything that is configured, checked as far as it can be without the world. */
export interface CheckedConfiguration extends LoadedSettings {
  readonly licenseKeys: readonly LicenseKey[];
}

/** Reads it all. Throws one ConfigurationError with everything that has to be mended; what can have a line has one. */
export function loadConfiguration(sources: Sources): CheckedConfiguration {
  const loaded = loadWithOrigins(sources);
  const problems: string[] = [];
  let licenseKeys: readonly LicenseKey[] = [];
  try {
    licenseKeys = loadLicenseKeys(loaded.settings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.message.split("\n"));
  }
  problems.push(...conflictsIn(loaded.settings).map((conflict) => locate(conflict, loaded.found)));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { ...loaded, licenseKeys };
}
