import type {
  BudgetPolicy,
  ConfiguredPolicy,
  ContentFilterPolicy,
  ContentRule,
  Policies,
  Policy,
  PolicyDirection,
  RateLimitPolicy,
  Selection,
} from "../core/policy.ts";
import { changePolicy } from "./change-policy.ts";

/** Policies in words for the operator, each with its name, whom it is about and what it does. */
export function policySheet(policies: Policies): string {
  return policies.map((configured) => `\n${policyLines(configured).join("\n")}\n`).join("");
}

function policyLines({ policy, overrides }: Policies[number]): readonly string[] {
  const { name, type, appliesTo } = policy;
  const assigned = appliesTo.assigned ? ", with keys that name it" : "";
  return [
    `${name} (${type})`,
    `  for ${selectionWords(appliesTo) || "every call"}${assigned}`,
    ...rulesOf(policy).map((line) => `  ${line}`),
    ...(overrides as ConfiguredPolicy["overrides"]).flatMap((override) => [
      `  but for ${selectionWords(override.selection)}${override.enabled === false ? ": nothing" : ""}`,
      ...(override.enabled === false
        ? []
        : rulesOf(changePolicy(policy, [override])).map((line) => `    ${line}`)),
    ]),
  ];
}

function selectionWords({ keys, tenants, models }: Selection): string {
  return [
    ...(keys.length > 0 ? [`keys ${keys.join(", ")}`] : []),
    ...(tenants.length > 0 ? [`tenants ${tenants.join(", ")}`] : []),
    ...(models.length > 0 ? [`models ${models.join(", ")}`] : []),
  ].join(" and ");
}

function rulesOf(policy: Policy): readonly string[] {
  switch (policy.type) {
    case "content_filter":
      return filterLines(policy);
    case "budget":
      return budgetLines(policy);
    case "rate_limit":
      return rateLines(policy);
  }
}

const ways: Readonly<Record<PolicyDirection, string>> = {
  request: "in requests",
  response: "in answers",
  both: "in requests and answers",
};

function filterLines({ filters }: ContentFilterPolicy): readonly string[] {
  return filters.flatMap((filter) =>
    filter.type === "pii_detection" ? entityLines(filter) : [filterLine(filter)],
  );
}

/** One line for each thing that is done, and where. */
function entityLines({ rules }: Extract<ContentRule, { type: "pii_detection" }>): string[] {
  const lines = new Map<string, string[]>();
  for (const { entity, action, direction } of rules) {
    const line = `${action} … ${ways[direction]}`;
    lines.set(line, [...(lines.get(line) ?? []), entity]);
  }
  return [...lines].map(([line, entities]) => line.replace("…", entities.join(", ")));
}

function filterLine(filter: Exclude<ContentRule, { type: "pii_detection" }>): string {
  switch (filter.type) {
    case "max_prompt_size":
      return `block prompts of more than ${filter.maxBytes} bytes`;
    case "blocked_words":
    case "denied_topics": {
      const words = [...filter.words.values()].reduce((sum, list) => sum + list.length, 0);
      const names = [...filter.words.keys()].join(", ");
      return `block ${filter.type.replace("_", " ")} ${ways[filter.direction]}: ${names} (${words} in all)`;
    }
    case "blocked_patterns":
      return `block patterns ${ways[filter.direction]}: ${[...filter.patterns.keys()].join(", ")}`;
    default:
      return `block ${filter.type.replace("_", " ")} ${ways[filter.direction]}`;
  }
}

function budgetLines(policy: BudgetPolicy): readonly string[] {
  const { scope, limits, action, zone, alertPercents } = policy;
  const counted =
    scope.kind === "tag" ? `each value of the tag ${scope.tag}` : countedBy(scope.kind);
  const what = action.kind === "downgrade" ? `go down to ${action.model}` : action.kind;
  return [
    `${counted}: ${limits.map((limit) => limitWords(limit, zone)).join(", ")}`,
    `when there is no room: ${what}`,
    ...(alertPercents.length > 0 ? [`told at ${alertPercents.join(", ")} %`] : []),
  ];
}

function limitWords(
  { period, rolling, limitNanoUsd }: BudgetPolicy["limits"][number],
  zone: string,
) {
  const whole = limitNanoUsd / 1_000_000_000n;
  const part = String(limitNanoUsd % 1_000_000_000n).padStart(9, "0");
  const cents = part.replace(/0{1,7}$/, "");
  return `$${whole}.${cents} ${rolling ? `in any ${period}` : `a ${period} (${zone})`}`;
}

function rateLines({ scope, limits, waitMs = 0 }: RateLimitPolicy): readonly string[] {
  const words = [
    ...(limits.requestsPerMinute ? [`${limits.requestsPerMinute} requests a minute`] : []),
    ...(limits.tokensPerMinute ? [`${limits.tokensPerMinute} tokens a minute`] : []),
    ...(limits.concurrentStreams ? [`${limits.concurrentStreams} streams at once`] : []),
  ];
  const wait = waitMs > 0 ? [`wait up to ${waitMs} ms for a turn`] : [];
  return [`${countedBy(scope)}: ${words.join(", ")}`, ...wait];
}

function countedBy(scope: RateLimitPolicy["scope"]): string {
  if (scope === "gateway") return "the whole gateway";
  return scope === "key_and_model" ? "each key and model" : `each ${scope}`;
}
