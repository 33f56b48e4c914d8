import type { NamedContentRule } from "../call-policies.ts";
import type { Way } from "./blocked.ts";
import type { ListedPattern } from "./lists/listed-pattern.ts";
import { promptInjection } from "./lists/prompt-injection.ts";
import { sqlInjection } from "./lists/sql-injection.ts";
import { compileTextRules, type RuleName, type TextRules } from "./text-rules.ts";

/** How long a prompt may be, and who says so. */
export interface PromptLimit {
  readonly policy: string;
  readonly maxBytes: number;
}

/** What is looked for in the texts of a call. Undefined parts have nothing to look for. */
export interface ContentFilters {
  readonly limits: readonly PromptLimit[];
  /** For texts of users, tools and documents. */
  readonly foreign: TextRules | undefined;
  /** For texts of the application and of the model, which the lists of injections are not about. */
  readonly own: TextRules | undefined;
  /** For answers. */
  readonly response: TextRules | undefined;
}

/** Compiles the rules of one call. Throws where a pattern cannot be used. */
export function compileFilters(rules: readonly NamedContentRule[]): ContentFilters {
  const limits = rules.flatMap(({ policy, rule }) =>
    rule.type === "max_prompt_size" ? [{ policy, maxBytes: rule.maxBytes }] : [],
  );
  const request = rules.filter((named) => holds(named, "request"));
  return {
    limits,
    foreign: compile(request),
    own: compile(request.filter(({ rule }) => !listOf(rule))),
    response: compile(rules.filter((named) => holds(named, "response"))),
  };
}

function holds({ rule }: NamedContentRule, way: Way): boolean {
  if (rule.type === "max_prompt_size") return false;
  return rule.direction === "both" || rule.direction === way;
}

const lists: ReadonlyMap<string, readonly ListedPattern[]> = new Map([
  ["prompt_injection", promptInjection],
  ["sql_injection", sqlInjection],
]);

function listOf({ type }: NamedContentRule["rule"]): readonly ListedPattern[] | undefined {
  return lists.get(type);
}

function compile(rules: readonly NamedContentRule[]): TextRules | undefined {
  const names: RuleName[] = [];
  const words: { text: string; rule: number }[] = [];
  const patterns: { source: string; rule: number }[] = [];
  const foldedPatterns: { source: string; rule: number }[] = [];
  const numberOf = (policy: string, kind: RuleName["kind"], name: string) =>
    names.push({ policy, kind, name }) - 1;

  for (const { policy, rule } of rules) {
    switch (rule.type) {
      case "blocked_words":
      case "denied_topics":
        for (const [name, texts] of rule.words) {
          const kind = rule.type === "denied_topics" ? "topic" : "rule";
          const number = numberOf(policy, kind, name);
          words.push(...texts.map((text) => ({ text, rule: number })));
        }
        break;
      case "blocked_patterns":
        for (const [name, source] of rule.patterns) {
          patterns.push({ source, rule: numberOf(policy, "rule", name) });
        }
        break;
      default:
        for (const { name, source } of listOf(rule) ?? []) {
          const number = numberOf(policy, "rule", `${rule.type}/${name}`);
          foldedPatterns.push({ source, rule: number });
        }
    }
  }
  return compileTextRules({ names, words, patterns, foldedPatterns });
}
