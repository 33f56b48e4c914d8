import { ConfigurationError } from "./configuration-error.ts";
import type { Setting } from "./setting.ts";
import { type Configuration, settingsTable } from "./settings.ts";
import { type FileSettings, readYamlFile } from "./yaml-file.ts";

/** Where settings come from. The first source that has a value wins: flags, then the environment, then the file. */
export interface Sources {
  /** Values from the command line, by environment variable, each with the flag that it came from. */
  readonly flags: ReadonlyMap<string, { readonly value: string; readonly where: string }>;
  readonly env: NodeJS.ProcessEnv;
  readonly file?: string | undefined;
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
export function loadSettings({ flags, env, file }: Sources): Configuration {
  const fromFile = file === undefined ? noFile : readYamlFile(file);
  const problems = [...fromFile.problems];

  /** An empty value is the same as none: that is how orchestrators leave a variable out. */
  const find = ({ env: name, fallback }: Setting<unknown>) => {
    const sources = [flags.get(name), { value: env[name], where: name }, fromFile.values.get(name)];
    return sources.find((source) => source?.value) ?? { value: fallback, where: name };
  };
  const read = ([key, setting]: [string, Setting<unknown>]) => {
    const { value, where } = find(setting);
    if (value === undefined) return [key, undefined];
    try {
      return [key, setting.read(value)];
    } catch (error) {
      problems.push(`${where} ${error instanceof Error ? error.message : error}`);
      return [key, undefined];
    }
  };

  const settings = Object.fromEntries(Object.entries(settingsTable).map(read));
  if (problems.length > 0) throw new ConfigurationError(problems);
  const { modelOverrides, modelRoutes, policies, keyGrants } = fromFile;
  const ofFile = { modelOverrides, modelRoutes, policies, keyGrants };
  return { ...settings, ...ofFile } as Configuration;
}
