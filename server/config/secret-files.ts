import { readFileSync } from "node:fs";
import { ConfigurationError } from "./configuration-error.ts";
import { settingsTable } from "./settings.ts";

/**
 * Variables that name a file in place of a secret, by the secret's own variable: `OPENAI_API_KEY_FILE` for
 * `OPENAI_API_KEY`. What orchestrators mount as a file shows in no list of processes and in no inspection of a container.
 */
export function secretFileVariables(): ReadonlyMap<string, string> {
  const names = new Set(Object.values(settingsTable).map(({ env }) => env));
  const secrets = Object.values(settingsTable).filter(({ isSecret }) => isSecret);
  return new Map(
    secrets
      .map(({ env }) => [env, `${env}_FILE`] as const)
      // The licence keys have a file of many lines, which is a setting of its own.
      .filter(([, file]) => !names.has(file)),
  );
}

/** The secret in a file, without the line's end. Throws a ConfigurationError that names the variable and not the secret. */
export function readSecretFile(variable: string, path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new ConfigurationError([`${variable}: ${path} cannot be read (${code}).`]);
  }
}
