import type { PolicyDirection } from "../../../../server/core/policy.ts";
import type { NamedContentRule } from "../../../../server/policies/call-policies.ts";
import {
  type ContentFilters,
  compileFilters,
} from "../../../../server/policies/content-filter/compile-filters.ts";
import { plainText, type Reading } from "../../../../server/policies/content-filter/readings.ts";
import type { TextRules } from "../../../../server/policies/content-filter/text-rules.ts";
import { createTextWatch } from "../../../../server/policies/content-filter/text-watch.ts";

/** What a test's policy forbids. */
export interface Forbidden {
  readonly words?: readonly string[];
  readonly topics?: Readonly<Record<string, readonly string[]>>;
  readonly patterns?: Readonly<Record<string, string>>;
  readonly lists?: readonly ("prompt_injection" | "sql_injection")[];
  readonly maxBytes?: number;
  readonly direction?: PolicyDirection;
}

/** The rules of a policy `p`; its words are the rule `words`. */
export function rulesOf(forbidden: Forbidden): readonly NamedContentRule[] {
  const { words, topics, patterns, lists = [], maxBytes, direction = "both" } = forbidden;
  const rules: NamedContentRule["rule"][] = [];
  if (words) rules.push({ type: "blocked_words", direction, words: new Map([["words", words]]) });
  if (topics) {
    rules.push({ type: "denied_topics", direction, words: new Map(Object.entries(topics)) });
  }
  if (patterns) {
    rules.push({
      type: "blocked_patterns",
      direction,
      patterns: new Map(Object.entries(patterns)),
    });
  }
  for (const type of lists) rules.push({ type, direction });
  if (maxBytes !== undefined) rules.push({ type: "max_prompt_size", maxBytes });
  return rules.map((rule) => ({ policy: "p", rule }));
}

/** The same, compiled. */
export function filtersOf(forbidden: Forbidden): ContentFilters {
  return compileFilters(rulesOf(forbidden));
}

/** The same for texts of users. */
export function textRulesOf(forbidden: Forbidden): TextRules {
  const { foreign } = filtersOf(forbidden);
  if (!foreign) throw new Error("nothing is forbidden");
  return foreign;
}

/** The name of the rule that a text breaks; undefined when it breaks none. */
export function findIn(
  rules: TextRules,
  text: string,
  reading: Reading = plainText,
): string | undefined {
  const watch = createTextWatch(rules, reading);
  return (watch.push(text) ?? watch.atEnd())?.name;
}
