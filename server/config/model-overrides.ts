import { isMap, isScalar, type Node, type Pair, type YAMLMap } from "yaml";
import type { ModelOverride, ModelOverrides } from "../core/model-override.ts";

/** How a problem says where it is: the file and the line of a node. */
export type Locate = (node: unknown) => string;

/** What one member of a model's description must be. */
interface Member {
  readonly to: keyof ModelOverride;
  readonly read: (value: unknown) => unknown;
}

const families = "anthropic, llama, mistral, mistral-chat, titan, nova, converse, openai".split(
  ", ",
);
const reasoning = ["budget", "effort", "adaptive", "always"];
const jsonSchema = ["format", "tool"];
const refusable = [
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "stop_sequences",
  "system",
  "tools",
  "tool_choice.any",
  "tool_choice.tool_name",
  "messages.image",
  "messages.document",
  "messages.cache_point",
  "system_cache_point",
  "response_format.json_schema",
  "reasoning.none",
  "reasoning.effort",
  "reasoning.budget_tokens",
  "latency_profile",
  "service_tier",
];

const members: ReadonlyMap<string, Member> = new Map<string, Member>([
  ["name", { to: "name", read: shortText }],
  ["display_name", { to: "displayName", read: shortText }],
  ["family", { to: "family", read: oneOf(families) }],
  ["input_usd", { to: "inputUsd", read: usd }],
  ["output_usd", { to: "outputUsd", read: usd }],
  ["cache_read_usd", { to: "cacheReadUsd", read: usd }],
  ["cache_write_usd", { to: "cacheWriteUsd", read: usd }],
  ["cache_write_1h_usd", { to: "cacheWrite1hUsd", read: usd }],
  ["flex_factor", { to: "flexFactor", read: factor }],
  ["priority_factor", { to: "priorityFactor", read: factor }],
  ["context_window_tokens", { to: "contextWindowTokens", read: tokens }],
  ["max_output_tokens", { to: "maxOutputTokens", read: tokens }],
  ["replacement", { to: "replacement", read: shortText }],
  ["refuses", { to: "refuses", read: listOf(oneOf(refusable)) }],
  ["reasoning", { to: "reasoning", read: oneOf(reasoning) }],
  ["json_schema", { to: "jsonSchema", read: oneOf(jsonSchema) }],
]);

/** Reads `models` and `aliases` of a file. Every mistake goes to `problems` with its line; what is wrong is left out. */
export function readModelOverrides(
  sections: { readonly models: Node | undefined; readonly aliases: Node | undefined },
  at: Locate,
  problems: string[],
): ModelOverrides {
  return {
    models: new Map(
      entriesOf("models", sections.models, at, problems).flatMap(([id, value, where]) => {
        if (!isMap(value)) {
          problems.push(`${where}: must be a map such as {family: anthropic, input_usd: 3.00}`);
          return [];
        }
        return [[id, readOverride(value, where, at, problems)] as const];
      }),
    ),
    aliases: new Map(
      entriesOf("aliases", sections.aliases, at, problems).flatMap(([alias, value, where]) => {
        const target = isScalar(value) ? value.value : undefined;
        if (typeof target === "string" && target !== "") return [[alias, target] as const];
        problems.push(`${where}: must be a model's name, id or ARN`);
        return [];
      }),
    ),
  };
}

/** One member of a section: its name, its value, and where it stands. */
export type Entry = readonly [name: string, value: unknown, where: string];

/** The members of a section; one that is empty or not there has none, and one that is no map is a problem. */
export function entriesOf(
  section: string,
  node: Node | null | undefined,
  at: Locate,
  problems: string[],
): Entry[] {
  if (node === undefined || node === null || (isScalar(node) && node.value === null)) return [];
  if (!isMap(node)) {
    problems.push(`${at(node)}: ${section} must be a map`);
    return [];
  }
  return node.items.map(({ key, value }: Pair) => {
    const name = isScalar(key) ? String(key.value) : "";
    return [name, value, `${at(key)}: ${section}.${name}`];
  });
}

function readOverride(node: YAMLMap, where: string, at: Locate, problems: string[]): ModelOverride {
  const override: { -readonly [member in keyof ModelOverride]?: unknown } = {};
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const member = members.get(name);
    if (!member) {
      problems.push(
        `${at(key)}: a model has no ${name}. It has: ${[...members.keys()].join(", ")}`,
      );
      continue;
    }
    try {
      override[member.to] = member.read(plain(value));
    } catch (error) {
      problems.push(`${at(key)}: ${name} ${error instanceof Error ? error.message : error}`);
    }
  }
  const { inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd, cacheWrite1hUsd } = override;
  const hasPart = [inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd, cacheWrite1hUsd].some(Boolean);
  if (hasPart && !(inputUsd && outputUsd)) {
    problems.push(`${where}: a price needs both input_usd and output_usd`);
  }
  return override as ModelOverride;
}

/** Numbers as they were written: 0.10 must not become 0.1's float and back. */
function plain(node: unknown): unknown {
  if (isScalar(node)) return typeof node.value === "number" ? node.source : node.value;
  return typeof node === "object" && node !== null && "toJSON" in node
    ? (node as { toJSON(): unknown }).toJSON()
    : node;
}

function usd(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text)) return text;
  throw new Error("must be US dollars per million tokens, with at most nine decimals");
}

function factor(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  if (/^\d{1,3}(?:\.\d{1,6})?$/.test(text)) return text;
  throw new Error("must be a multiple such as 0.5, with at most six decimals");
}

function tokens(value: unknown): number {
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number > 0) return number;
  throw new Error("must be a number of tokens, from 1");
}

function shortText(value: unknown): string {
  if (typeof value === "string" && value !== "" && value.length <= 2048) return value;
  throw new Error("must be a text of at most 2,048 characters");
}

function oneOf(values: readonly string[]): (value: unknown) => string {
  return (value) => {
    if (typeof value === "string" && values.includes(value)) return value;
    throw new Error(`must be one of ${values.join(", ")}`);
  };
}

function listOf<T>(read: (value: unknown) => T): (value: unknown) => T[] {
  return (value) => {
    if (Array.isArray(value)) return value.map(read);
    throw new Error("must be a list");
  };
}
