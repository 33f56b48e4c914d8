import { isMap, isScalar, type Node, type Pair, type YAMLMap } from "yaml";
import type { ModelOverride, ModelOverrides } from "../core/model-override.ts";
import { factor, listOf, oneOf, shortText, tokens, usd } from "./model-values.ts";
import { type JsonSchema, mapOf } from "./schema/json-schema.ts";

/** How a problem says where it is: the file and the line of a node. */
export type Locate = (node: unknown) => string;

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

/** What one member of a model's description must be. */
interface Member {
  readonly to: keyof ModelOverride;
  readonly read: (value: unknown) => unknown;
  readonly schema: JsonSchema;
}

const members: ReadonlyMap<string, Member> = new Map<string, Member>([
  ["name", { to: "name", ...shortText }],
  ["display_name", { to: "displayName", ...shortText }],
  ["family", { to: "family", ...oneOf(families) }],
  ["input_usd", { to: "inputUsd", ...usd }],
  ["output_usd", { to: "outputUsd", ...usd }],
  ["cache_read_usd", { to: "cacheReadUsd", ...usd }],
  ["cache_write_usd", { to: "cacheWriteUsd", ...usd }],
  ["cache_write_1h_usd", { to: "cacheWrite1hUsd", ...usd }],
  ["flex_factor", { to: "flexFactor", ...factor }],
  ["priority_factor", { to: "priorityFactor", ...factor }],
  ["context_window_tokens", { to: "contextWindowTokens", ...tokens }],
  ["max_output_tokens", { to: "maxOutputTokens", ...tokens }],
  ["replacement", { to: "replacement", ...shortText }],
  ["refuses", { to: "refuses", ...listOf(oneOf(refusable)) }],
  ["reasoning", { to: "reasoning", ...oneOf(reasoning) }],
  ["json_schema", { to: "jsonSchema", ...oneOf(jsonSchema) }],
]);

/** What may be said of one model. A price needs both of its parts. */
export const modelSchema: JsonSchema = {
  ...mapOf(Object.fromEntries([...members].map(([name, { schema }]) => [name, schema]))),
  dependencies: {
    input_usd: ["output_usd"],
    output_usd: ["input_usd"],
    cache_read_usd: ["input_usd"],
    cache_write_usd: ["input_usd"],
    cache_write_1h_usd: ["input_usd"],
  },
};

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
