import { readSecretFile, secretFileVariables } from "./secret-files.ts";
import { settingsTable } from "./settings.ts";

/** Where settings come from. The first source that has a value wins: flags, then the environment, then the file. */
export interface Sources {
  /** Values from the command line, by environment variable, each with the flag that it came from. */
  readonly flags: ReadonlyMap<string, { readonly value: string; readonly where: string }>;
  readonly env: NodeJS.ProcessEnv;
  readonly file?: string | undefined;
}

/** What one source says about one setting. */
export interface FoundValue {
  readonly value: string;
  readonly kind: "flag" | "variable" | "file";
  /** With its name: `--host`, `AXONFLOW_HOST`, `gateway.yaml:3: Host`. */
  readonly where: string;
}

/** By environment variable: what was found about it; the first value holds. What no source says is not here. */
export type FoundSettings = ReadonlyMap<string, readonly FoundValue[]>;

type FileValues = ReadonlyMap<string, { readonly value: string; readonly where: string }>;

/** Looks into each source. An empty value is the same as none: that is how orchestrators leave a variable out. */
export function findSettings({ flags, env }: Sources, fromFile: FileValues): FoundSettings {
  const secretFiles = secretFileVariables();
  const found = Object.values(settingsTable).map(({ env: name }) => {
    const file = secretFiles.get(name) ?? "";
    const path = env[file];
    const candidates = [
      { kind: "flag", ...flags.get(name) },
      { kind: "variable", value: env[name], where: name },
      { kind: "variable", value: path && readSecretFile(file, path), where: file },
      { kind: "file", ...fromFile.get(name) },
    ];
    return [name, candidates.filter(({ value }) => value) as FoundValue[]] as const;
  });
  return new Map(found.filter(([, values]) => values.length > 0));
}
