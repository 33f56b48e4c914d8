import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { ConfiguredPolicy, Policies, Policy } from "../../core/policy.ts";
import type { Locate } from "../model-overrides.ts";
import {
  type JsonSchema,
  listOf,
  type MemberSchemas,
  mapOf,
  plainText,
  trueOrFalse,
  words,
} from "../schema/json-schema.ts";
import { budget } from "./budget.ts";
import { contentFilter } from "./content-filter.ts";
import { type Field, flagOf, membersOf, type Reading, refuse, textOf, wordOf } from "./fields.ts";
import { overrideMembers, readOverrides } from "./overrides.ts";
import { refuseTwoRegions } from "./phone-regions.ts";
import type { PolicyKind } from "./policy-kind.ts";
import { rateLimit } from "./rate-limit.ts";
import { appliesToSchema, readAppliesTo } from "./selection.ts";

const types = ["content_filter", "budget", "rate_limit"] as const;
const policyName = /^[A-Za-z0-9_.-]{1,64}$/;

/** Reads `policies` of a file. Every mistake goes to `problems` with its line; nothing is passed over. */
export function readPolicies(section: Node | undefined, at: Locate, problems: string[]): Policies {
  const reading: Reading = { at, problems };
  if (section === undefined || (isScalar(section) && section.value === null)) return [];
  if (!isSeq(section)) {
    const line = at(section);
    refuse(reading, { node: section, line, path: "policies" }, "must be a list of policies");
    return [];
  }
  const policies = section.items.flatMap((item, index) => {
    const field = { node: item, line: at(item ?? section), path: pathOf(item, index) };
    return readPolicy(field, reading) ?? [];
  });
  refuseSameNames(policies, reading);
  refuseTwoRegions(policies, reading);
  return policies;
}

/** By its name, which the operator knows, where it has one. */
function pathOf(item: unknown, index: number): string {
  const name = isMap(item) ? item.get("name") : undefined;
  return typeof name === "string" && policyName.test(name)
    ? `policies.${name}`
    : `policies[${index}]`;
}

function readPolicy(field: Field, reading: Reading): Policies[number] | undefined {
  const kindOf = isMap(field.node) ? field.node.get("type", true) : undefined;
  const type = types.find((each) => isScalar(kindOf) && kindOf.value === each);
  switch (type) {
    case "content_filter":
      return readKind(field, contentFilter, reading);
    case "budget":
      return readKind(field, budget, reading);
    case "rate_limit":
      return readKind(field, rateLimit, reading);
    default:
      return refuseType(field, reading);
  }
}

function refuseType(field: Field, reading: Reading): undefined {
  if (!isMap(field.node)) {
    const example = "{name: daily, type: budget, limits: {daily_cost_usd: 100}}";
    return refuse(reading, field, `must be a map such as ${example}`);
  }
  const type = field.node.get("type", true);
  if (type === undefined) {
    return refuse(reading, field, `needs a type: one of ${types.join(", ")}`);
  }
  wordOf({ node: type, line: reading.at(type), path: `${field.path}.type` }, reading, types);
}

/** What a policy of this type has. Members that both have are the type's own. */
function policyMembers<P extends Policy>(kind: PolicyKind<P>): MemberSchemas {
  return {
    name: plainText(policyName),
    type: words(types),
    applies_to: appliesToSchema,
    assigned: trueOrFalse,
    overrides: listOf(mapOf(overrideMembers(kind))),
    ...kind.members,
  };
}

/** What a policy may be, by its type. */
export const policySchemas: ReadonlyMap<string, JsonSchema> = new Map([
  ["content_filter", policySchema(contentFilter)],
  ["budget", policySchema(budget)],
  ["rate_limit", policySchema(rateLimit)],
]);

function policySchema<P extends Policy>(kind: PolicyKind<P>): JsonSchema {
  return mapOf(policyMembers(kind), ["name", "type", ...kind.required]);
}

function readKind<P extends Policy>(
  field: Field,
  kind: PolicyKind<P>,
  reading: Reading,
): ConfiguredPolicy<P> | undefined {
  const members = membersOf(field, reading, {
    what: "a policy of this type",
    members: policyMembers(kind),
    example: "{name: …, type: …}",
    ...(kind.hints && { hints: kind.hints }),
  });
  if (!members) return undefined;
  const assigned = members.get("assigned");
  const appliesTo = {
    ...readAppliesTo(members.get("applies_to"), reading),
    assigned: assigned ? flagOf(assigned, reading) === true : false,
  };
  const name = readName(members.get("name"), field, reading);
  const policy = kind.read(members, field, reading, { name, appliesTo, where: field.line });
  return { policy, overrides: readOverrides(members.get("overrides"), kind, policy, reading) };
}

function readName(field: Field | undefined, policy: Field, reading: Reading): string {
  const expected = "1 to 64 letters, digits, dots, dashes and underscores";
  if (field) return textOf(field, reading, policyName, expected) ?? "";
  refuse(reading, policy, "needs a name, by which refusals, reports and keys call it");
  return "";
}

function refuseSameNames(policies: Policies, reading: Reading): void {
  const lines = new Map<string, string>();
  for (const { policy } of policies) {
    const { name, where } = policy;
    const first = lines.get(name);
    if (first !== undefined && name !== "") {
      const field = { node: undefined, line: where, path: `policies.${name}` };
      refuse(reading, field, `another policy has this name already (${first})`);
    }
    lines.set(name, first ?? where);
  }
}
