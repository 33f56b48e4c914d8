import { readFileSync } from "node:fs";
import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import type { ModelOverrides } from "../core/model-override.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { readModelOverrides } from "./model-overrides.ts";
import { notYetServedNames } from "./not-yet-served.ts";
import { settingsTable } from "./settings.ts";

/** What a file says, and everything in it that has to be mended; each names its line. */
export interface FileSettings {
  /** Values by environment variable, each with the line that it came from. */
  readonly values: ReadonlyMap<string, { readonly value: string; readonly where: string }>;
  readonly modelOverrides: ModelOverrides;
  readonly problems: readonly string[];
}

/** A file larger than this is not a configuration. */
const mostBytes = 1024 * 1024;

/**
 * Reads a YAML file whose keys are the guide's names or the environment variables' own. Throws only when nothing of it
 * can be read.
 */
export function readYamlFile(path: string): FileSettings {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`;
  if (document.errors.length > 0) {
    // The library's own messages quote the file, where secrets may stand; its codes do not.
    throw new ConfigurationError(
      document.errors.map(({ code, pos }) => `${at(pos[0])}: is not YAML (${code})`),
    );
  }
  const values = new Map<string, { value: string; where: string }>();
  const problems: string[] = [];
  if (document.contents === null) return { values, modelOverrides: noModelOverrides, problems };
  if (!isMap(document.contents)) {
    throw new ConfigurationError([`${path}:1: must be a map of names to values`]);
  }
  const sections: { models?: Node; aliases?: Node } = {};
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : "";
    if (name === "models" || name === "aliases") {
      if (isNode(value)) sections[name] = value;
      continue;
    }
    const where = `${at(isScalar(key) ? key.range?.[0] : undefined)}: ${name}`;
    const env = environmentNames.get(name);
    const text = isScalar(value) ? String(value.value ?? "") : undefined;
    if (text === "") continue;
    if (!env) problems.push(`${where}: ${unknownName(name)}`);
    else if (text === undefined) problems.push(`${where}: must be a single value`);
    else if (values.has(env)) problems.push(`${where}: is set twice (as ${env})`);
    else values.set(env, { value: text, where });
  }
  const locate = (node: unknown) => at(isNode(node) ? node.range?.[0] : undefined);
  return { values, modelOverrides: readModelOverrides(sections, locate, problems), problems };
}

const noModelOverrides: ModelOverrides = { models: new Map(), aliases: new Map() };

/** Both names of a setting lead to its environment variable. */
const environmentNames = new Map(
  Object.values(settingsTable).flatMap(({ env, yaml }) => [
    [env, env],
    [yaml, env],
  ]),
);

function unknownName(name: string): string {
  const feature = notYetServedNames.get(name);
  if (feature) {
    return `this version of the gateway does not serve ${feature} yet. Remove it to start without.`;
  }
  const known = Object.values(settingsTable).map(({ yaml }) => yaml);
  return `there is no such setting. The settings are: ${known.join(", ")}`;
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
