import { isMap } from "yaml";
import type { BudgetAction, BudgetLimit, BudgetPolicy, BudgetScope } from "../../core/policy.ts";
import {
  anyOf,
  listOf,
  mapOf,
  plainText,
  trueOrFalse,
  wholeNumberWithin,
  words,
} from "../schema/json-schema.ts";
import { costLimitMembers, costLimitNames, readCostLimits } from "./cost-limits.ts";
import {
  type Field,
  flagOf,
  itemsOf,
  membersOf,
  type Reading,
  refuse,
  sourceOf,
  textOf,
  wholeNumberOf,
  wordOf,
} from "./fields.ts";
import type { PolicyKind } from "./policy-kind.ts";

const limitHints = {
  rolling: "It stands beside limits.",
  requests_per_minute: "That is a policy of the type rate_limit.",
  tokens_per_minute: "That is a policy of the type rate_limit.",
  concurrent_streams: "That is a policy of the type rate_limit.",
};

const scopes = ["gateway", "key", "tenant", "model"] as const;
const tagScope = /^tag:(?<tag>[A-Za-z0-9_.-]{1,64})$/;
const plainActions = ["deny", "warn"] as const;
const downgradeMembers = { downgrade: plainText(/^[\x21-\x7e]{1,2048}$/) };
const percentRange = [1, 100] as const;

/** How policies of the type `budget` are read. */
export const budget: PolicyKind<BudgetPolicy> = {
  members: {
    scope: anyOf(words(scopes), plainText(tagScope)),
    limits: mapOf(costLimitMembers),
    rolling: trueOrFalse,
    zone: plainText(),
    action: anyOf(words(plainActions), mapOf(downgradeMembers)),
    alerts_percent: listOf(wholeNumberWithin(...percentRange)),
  },
  required: ["limits"],
  overrideMembers: ["limits", "action", "alerts_percent"],
  hints: Object.fromEntries(costLimitNames.map((name) => [name, "It stands in limits."])),
  read(members, policy, reading, common) {
    const rolling = members.get("rolling");
    const isRolling = rolling ? flagOf(rolling, reading) === true : false;
    const limits = members.get("limits");
    if (!limits) refuse(reading, policy, "has no limits, so it would do nothing");
    const zone = members.get("zone");
    if (zone && isRolling) {
      refuse(
        reading,
        zone,
        "does nothing where limits are rolling, because they have no beginning",
      );
    }
    return {
      type: "budget",
      ...common,
      scope: readScope(members.get("scope"), reading),
      limits: limits ? readLimits(limits, isRolling, reading) : [],
      action: readAction(members.get("action"), reading) ?? { kind: "deny" },
      zone: readZone(zone, reading),
      alertPercents: readPercents(members.get("alerts_percent"), reading) ?? [50, 80, 100],
    };
  },
  readChanges(members, reading, base) {
    const limits = members.get("limits");
    const isRolling = base.limits[0]?.rolling ?? false;
    const action = readAction(members.get("action"), reading);
    const alertPercents = readPercents(members.get("alerts_percent"), reading);
    return {
      ...(limits && { limits: readLimits(limits, isRolling, reading) }),
      ...(action && { action }),
      ...(alertPercents && { alertPercents }),
    };
  },
  countedBy: ({ scope }) => {
    switch (scope.kind) {
      case "key":
        return ["keys", "tenants"];
      case "tenant":
        return ["tenants"];
      case "model":
        return ["models"];
      default:
        return [];
    }
  },
};

function readLimits(field: Field, isRolling: boolean, reading: Reading): readonly BudgetLimit[] {
  const members = membersOf(field, reading, {
    what: "limits of a budget",
    members: costLimitMembers,
    example: "{daily_cost_usd: 100}",
    hints: limitHints,
  });
  return members ? readCostLimits(members, isRolling, reading) : [];
}

function readScope(field: Field | undefined, reading: Reading): BudgetScope {
  const tag = tagScope.exec((field && sourceOf(field)) ?? "")?.groups?.tag;
  if (tag !== undefined) return { kind: "tag", tag };
  if (!field) return { kind: "gateway" };
  const kind = scopes.find((scope) => scope === sourceOf(field));
  if (!kind) refuse(reading, field, `must be one of ${scopes.join(", ")}, or tag:<name of a tag>`);
  return { kind: kind ?? "gateway" };
}

function readAction(field: Field | undefined, reading: Reading): BudgetAction | undefined {
  if (!field) return undefined;
  if (!isMap(field.node)) {
    const text = sourceOf(field);
    if (text === "downgrade") {
      return refuse(reading, field, "needs a model to go down to: action: {downgrade: fast}");
    }
    const kind = wordOf(field, reading, plainActions);
    return kind && { kind };
  }
  const example = "{downgrade: fast}";
  const what = "an action that is a map";
  const members = membersOf(field, reading, { what, members: downgradeMembers, example });
  const target = members?.get("downgrade");
  const model =
    target && textOf(target, reading, /^[\x21-\x7e]{1,2048}$/, "a model's name or alias");
  return model === undefined ? undefined : { kind: "downgrade", model };
}

function readZone(field: Field | undefined, reading: Reading): string {
  const zone = field && sourceOf(field);
  if (!field) return "UTC";
  if (zone !== undefined && isZone(zone)) return zone;
  refuse(reading, field, "must be a time zone of the IANA list, such as Europe/Berlin");
  return "UTC";
}

function isZone(zone: string): boolean {
  try {
    return /^[A-Z]/i.test(zone) && Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}

function readPercents(field: Field | undefined, reading: Reading): readonly number[] | undefined {
  const items = field ? itemsOf(field, reading, "[50, 80, 100]") : undefined;
  if (!items) return undefined;
  const percents = items.flatMap((item) => wholeNumberOf(item, reading, ...percentRange) ?? []);
  return [...new Set(percents)].sort((a, b) => a - b);
}
