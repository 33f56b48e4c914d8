import { ConfigurationError } from "./configuration-error.ts";
import type { Setting } from "./setting.ts";
import { type Configuration, settingsTable } from "./settings.ts";
import { type FoundSettings, findSettings, type Sources } from "./sources.ts";
import { type FileSettings, readYamlFile } from "./yaml-file.ts";

/** A configuration, and where each of its settings comes from. */
export interface LoadedSettings {
  readonly settings: Configuration;
  readonly found: FoundSettings;
}

const noFile: FileSettings = {
  values: new Map(),
  modelOverrides: { models: new Map(), aliases: new Map() },
  modelRoutes: new Map(),
  policies: [],
  keyGrants: new Map(),
  problems: [],
};

/** Reads all settings. Throws one ConfigurationError with every problem there is. */
export function loadSettings(sources: Sources): Configuration {
  return loadWithOrigins(sources).settings;
}

/** The same, with what each source says. */
export function loadWithOrigins(sources: Sources): LoadedSettings {
  const { file } = sources;
  const fromFile = file === undefined ? noFile : readYamlFile(file);
  const found = findSettings(sources, fromFile.values);
  const problems = [...fromFile.problems];
  const read = ([key, setting]: [string, Setting<unknown>]) => {
    const { value, where = setting.env } = found.get(setting.env)?.[0] ?? {
      value: setting.fallback,
    };
    if (value === undefined) return [key, undefined];
    try {
      return [key, setting.read(value)];
    } catch (error) {
      problems.push(`${where} ${error instanceof Error ? error.message : error}`);
      return [key, undefined];
    }
  };
  const values = Object.fromEntries(Object.entries(settingsTable).map(read));
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { modelOverrides, modelRoutes, policies, keyGrants } = fromFile;
  const settings = { ...values, modelOverrides, modelRoutes, policies, keyGrants } as Configuration;
  return { settings, found };
}
