import { readFileSync } from "node:fs";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { ModelOverrides } from "../core/model-override.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { Policies } from "../core/policy.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { readModelOverrides } from "./model-overrides.ts";
import { readModelRoutes } from "./model-routes.ts";
import { type ConfiguredGrants, readKeyGrants } from "./policies/key-grants.ts";
import { readPolicies } from "./policies/read-policies.ts";
import type { Setting } from "./setting.ts";
import { settingsTable } from "./settings.ts";
import { expectedForm, settingText } from "./yaml-forms.ts";

/** What a file says, and everything in it that has to be mended; each names its line. */
export interface FileSettings {
  /** Values by environment variable, each with the line that it came from. */
  readonly values: ReadonlyMap<string, { readonly value: string; readonly where: string }>;
  readonly modelOverrides: ModelOverrides;
  readonly modelRoutes: ModelRoutes;
  readonly policies: Policies;
  /** By the name of a licence key. */
  readonly keyGrants: ReadonlyMap<string, ConfiguredGrants>;
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
  const document = parse(path, lines);
  const at = (offset: number | undefined) => `${path}:${lines.linePos(offset ?? 0).line}`;
  if (document.errors.length > 0) {
    // The library's own messages quote the file, where secrets may stand; its codes do not.
    throw new ConfigurationError(
      document.errors.map(({ code, pos }) => `${at(pos[0])}: is not YAML (${code})`),
    );
  }
  refuseAliases(document, at);
  const values = new Map<string, { value: string; where: string }>();
  const problems: string[] = [];
  const { contents } = document;
  if (contents !== null && !isMap(contents)) {
    throw new ConfigurationError([`${path}:1: must be a map of names to values`]);
  }
  const sections = new Map<string, Node>();
  for (const { key, value } of contents?.items ?? []) {
    const name = isScalar(key) ? String(key.value) : "";
    if (sectionNames.has(name)) {
      if (isNode(value)) sections.set(name, value);
      continue;
    }
    const where = `${at(isScalar(key) ? key.range?.[0] : undefined)}: ${name}`;
    const setting = settingsByName.get(name);
    if (isScalar(value) && (value.value ?? "") === "") continue;
    const text = setting && settingText(value, setting);
    if (!setting) problems.push(`${where}: ${unknownName(name)}`);
    else if (text === undefined) problems.push(`${where}: ${expectedForm(setting)}`);
    else if (values.has(setting.env)) problems.push(`${where}: is set twice (as ${setting.env})`);
    else values.set(setting.env, { value: text, where });
  }
  const locate = (node: unknown) => at(isNode(node) ? node.range?.[0] : undefined);
  const policies = readPolicies(sections.get("policies"), locate, problems);
  const named = { models: sections.get("models"), aliases: sections.get("aliases") };
  return {
    values,
    modelOverrides: readModelOverrides(named, locate, problems),
    modelRoutes: readModelRoutes(sections.get("routes"), locate, problems),
    policies,
    keyGrants: readKeyGrants(sections.get("keys"), policies, locate, problems),
    problems,
  };
}

/** Nesting that is deeper than the parser's stack is no configuration either. */
function parse(path: string, lineCounter: LineCounter): Document.Parsed {
  const text = readText(path);
  try {
    return parseDocument(text, { lineCounter });
  } catch {
    throw new ConfigurationError([`${path}: is not YAML that can be read (nested too deeply?)`]);
  }
}

/** Whoever reads a section looks at what stands there; a reference to another place would be passed over. */
function refuseAliases(
  document: Document.Parsed,
  at: (offset: number | undefined) => string,
): void {
  const problems: string[] = [];
  visit(document, {
    Alias(_, { range }) {
      problems.push(`${at(range?.[0])}: aliases (*name) are not read here. Write the value out`);
    },
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** What only a file can say. */
const sectionNames: ReadonlySet<string> = new Set([
  "models",
  "aliases",
  "routes",
  "keys",
  "policies",
]);

/** By both of a setting's names. */
const settingsByName = new Map<string, Setting<unknown>>(
  Object.values(settingsTable).flatMap((setting: Setting<unknown>) => [
    [setting.env, setting],
    [setting.yaml, setting],
  ]),
);

function unknownName(name: string): string {
  const known = Object.values(settingsTable).map(({ yaml }) => yaml);
  return `there is no such setting.${didYouMean(name, [...sectionNames, ...settingsByName.keys()])} The settings are: ${known.join(", ")}`;
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
