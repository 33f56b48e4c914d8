import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "./configuration-error.ts";
import { didYouMean } from "./did-you-mean.ts";

/** How a configuration file is chosen on the command line. */
export interface FileChoice {
  readonly configFile: string | undefined;
  readonly environment: string | undefined;
}

/** What the environment says about the file: which one cannot be a setting of the file itself. */
export const fileVariables = {
  AXONFLOW_ENVIRONMENT:
    "The name of a configuration: healthcare reads healthcare.yaml from the directory of configurations.",
  AXONFLOW_CONFIG_DIR: "The directory of configurations. Default: config/environments",
} as const;

/**
 * The path of the configuration file; undefined when none is asked for. A flag wins over the environment; both flags at
 * once contradict each other.
 */
export function chooseFile(
  { configFile, environment }: FileChoice,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (configFile !== undefined && environment !== undefined) {
    throw new ConfigurationError([
      "--config FILE and --environment NAME both name a configuration. Give one of them.",
    ]);
  }
  if (configFile !== undefined) return configFile;
  const directory = env.AXONFLOW_CONFIG_DIR || "config/environments";
  if (environment !== undefined) return named(environment, directory, "--environment");
  const fromVariable = env.AXONFLOW_ENVIRONMENT || undefined;
  return fromVariable && named(fromVariable, directory, "AXONFLOW_ENVIRONMENT");
}

/** A name is no path: `../` leads nowhere. */
function named(name: string, directory: string, where: string): string {
  const names = namesIn(directory, where);
  if (names.includes(name)) return join(directory, `${name}.yaml`);
  const known = names.length > 0 ? `There are: ${names.join(", ")}` : "There is none";
  throw new ConfigurationError([
    `${where}: ${directory} has no configuration ${JSON.stringify(name.slice(0, 64))}.${didYouMean(name, names)} ${known}. AXONFLOW_CONFIG_DIR names another directory.`,
  ]);
}

function namesIn(directory: string, where: string): readonly string[] {
  try {
    const files = readdirSync(directory).filter((file) => file.endsWith(".yaml"));
    return files.map((file) => file.slice(0, -".yaml".length)).sort();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new ConfigurationError([
      `${where}: the directory of configurations ${directory} cannot be read (${code}). AXONFLOW_CONFIG_DIR names another one.`,
    ]);
  }
}
