import { isDeepStrictEqual } from "node:util";
import { type Settings, settingsTable } from "../config/settings.ts";
import type { LicenseKey } from "../core/license-keys.ts";
import type { LoadedConfiguration } from "./serving.ts";

/** What a reload can change: everything that only the pipeline is made of. */
const reloadable: ReadonlySet<string> = new Set<keyof Settings>([
  "bedrockModel",
  "openaiModel",
  "routingOrder",
  "routingWeights",
  "routingAffinity",
  "allowedProviders",
  "allowedRegions",
  "attemptTimeoutMs",
  "idleTimeoutMs",
  "triesPerEndpoint",
  "backoffBaseMs",
  "backoffLimitMs",
  "retryAfterLimitMs",
  "circuitFailures",
  "circuitOpenMs",
  "circuitOpenLimitMs",
  "hedgePercentile",
  "hedgeBudgetPercent",
  "resume",
]);

/** The settings that differ and cannot change while the gateway runs, one sentence each. Values are never told. */
export function restartNeeded(
  before: LoadedConfiguration,
  after: LoadedConfiguration,
): readonly string[] {
  const settings = Object.entries(settingsTable).flatMap(([name, { env, yaml }]) => {
    const key = name as keyof Settings;
    const isSame = isDeepStrictEqual(before.settings[key], after.settings[key]);
    if (isSame || reloadable.has(name)) return [];
    const names = env === yaml ? env : `${env} (${yaml})`;
    return `${names} cannot change while the gateway runs. Restart it, or take the change back.`;
  });
  if (settings.length > 0 || areSame(before.licenseKeys, after.licenseKeys)) return settings;
  return [
    "The licence keys of AXONFLOW_LICENSE_KEYS_FILE cannot change while the gateway runs. Restart it, or let AdminService make the key.",
  ];
}

/** Their grants may differ. */
function areSame(before: readonly LicenseKey[], after: readonly LicenseKey[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ name, sha256 }, index) => {
      const other = after[index];
      return other?.name === name && other.sha256.equals(sha256);
    })
  );
}
