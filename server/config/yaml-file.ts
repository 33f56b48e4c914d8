import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { ConfigurationError } from "./configuration-error.ts";
import { settingsTable } from "./settings.ts";

/** Settings by environment variable, each with the line that it came from. */
export type FileSettings = ReadonlyMap<string, { readonly value: string; readonly where: string }>;

/** A file larger than this is not a configuration. */
const mostBytes = 1024 * 1024;

/** What the setup guide lets a file say and this version does not do; ignoring it would promise what is not kept. */
const notYetServed = new Map([
  ["policies", "policies"],
  ["routing_weights", "weighted routing"],
  ["BedrockFailoverRegion", "failover regions"],
  ["AuditLogRetentionDays", "the audit log"],
]);

/** Reads a YAML file whose keys are the guide's names or the environment variables' own. Every problem names its line. */
export function readYamlFile(path: string): FileSettings {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`;
  const problems = document.errors.map(
    ({ message, pos }) => `${at(pos[0])}: ${message.split("\n")[0]}`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
  if (document.contents === null) return new Map();
  if (!isMap(document.contents))
    throw new ConfigurationError([`${path}:1: must be a map of names to values`]);

  const settings = new Map<string, { value: string; where: string }>();
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const where = at(isScalar(key) ? key.range?.[0] : undefined);
    const env = environmentNames.get(name);
    if (!env) problems.push(`${where}: ${unknownName(name)}`);
    else if (!isScalar(value)) problems.push(`${where}: ${name} must be a single value`);
    else settings.set(env, { value: String(value.value ?? ""), where: `${where}: ${name}` });
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return settings;
}

/** Both names of a setting lead to its environment variable. */
const environmentNames = new Map(
  Object.values(settingsTable).flatMap(({ env, yaml }) => [
    [env, env],
    [yaml, env],
  ]),
);

function unknownName(name: string): string {
  const feature = notYetServed.get(name);
  if (feature) {
    return `${name}: this version of the gateway does not serve ${feature} yet. Remove it to start without.`;
  }
  return `there is no setting ${JSON.stringify(name)}. The settings are: ${Object.values(
    settingsTable,
  )
    .map(({ yaml }) => yaml)
    .join(", ")}`;
}

function readText(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    if (text.length <= mostBytes) return text;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new ConfigurationError([`${path}: cannot be read (${code})`]);
  }
  throw new ConfigurationError([`${path}: is larger than ${mostBytes} bytes`]);
}
