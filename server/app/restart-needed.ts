import { isDeepStrictEqual } from "node:util";
import type { Setting } from "../config/setting.ts";
import { type Settings, settingsTable } from "../config/settings.ts";
import type { LoadedConfiguration } from "./serving.ts";

/** The settings that differ and cannot change while the gateway runs, one sentence each. Values are never told. */
export function restartNeeded(
  before: LoadedConfiguration,
  after: LoadedConfiguration,
): readonly string[] {
  const settings = Object.entries(settingsTable).flatMap(([name, setting]) => {
    const { env, yaml, isReloadable = false } = setting as Setting<unknown>;
    const key = name as keyof Settings;
    const isSame = isDeepStrictEqual(before.settings[key], after.settings[key]);
    if (isSame || isReloadable) return [];
    const names = env === yaml ? env : `${env} (${yaml})`;
    return `${names} cannot change while the gateway runs. Restart it, or take the change back.`;
  });
  const hadKeys = before.licenseKeys.length > 0;
  if (settings.length > 0 || hadKeys === after.licenseKeys.length > 0) return settings;
  return [
    hadKeys
      ? "The last licence key cannot go while the gateway runs: anybody could call. Restart it, or take the change back."
      : "The first licence key cannot come while the gateway runs and lets everybody in. Restart it, or take the change back.",
  ];
}
