import type { RateLimitPolicy, RateLimits } from "../../core/policy.ts";
import { type JsonSchema, mapOf, wholeNumberWithin, words } from "../schema/json-schema.ts";
import {
  type Field,
  membersOf,
  type Reading,
  refuse,
  sourceOf,
  wholeNumberOf,
  wordOf,
} from "./fields.ts";
import type { PolicyKind } from "./policy-kind.ts";

const limits: ReadonlyMap<string, keyof RateLimits> = new Map([
  ["requests_per_minute", "requestsPerMinute"],
  ["tokens_per_minute", "tokensPerMinute"],
  ["concurrent_streams", "concurrentStreams"],
]);

const rateRange = [1, 1_000_000_000_000] as const;
const waitRange = [0, 600_000] as const;

/** The limits of rates. */
export const rateLimitMembers: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  [...limits.keys()].map((name) => [name, wholeNumberWithin(...rateRange)]),
);

const scopes = ["gateway", "key", "tenant", "model", "key_and_model"] as const;

/** How policies of the type `rate_limit` are read. */
export const rateLimit: PolicyKind<RateLimitPolicy> = {
  members: {
    scope: words(scopes),
    limits: mapOf(rateLimitMembers),
    wait_ms: wholeNumberWithin(...waitRange),
    action: words(["deny"]),
  },
  required: ["limits"],
  overrideMembers: ["limits", "wait_ms"],
  hints: Object.fromEntries([...limits.keys()].map((name) => [name, "It stands in limits."])),
  read(members, policy, reading, common) {
    const limits = members.get("limits");
    if (!limits) refuse(reading, policy, "has no limits, so it would do nothing");
    const action = members.get("action");
    if (action && sourceOf(action) !== "deny") {
      refuse(reading, action, "can only be deny. Leave it out");
    }
    const scope = members.get("scope");
    return {
      type: "rate_limit",
      ...common,
      scope: (scope && wordOf(scope, reading, scopes)) ?? "key",
      limits: limits ? readLimits(limits, reading) : {},
      ...readWait(members, reading),
    };
  },
  readChanges(members, reading) {
    const limits = members.get("limits");
    return {
      ...(limits && { limits: readLimits(limits, reading) }),
      ...readWait(members, reading),
    };
  },
  countedBy: ({ scope }) => {
    switch (scope) {
      case "key":
        return ["keys", "tenants"];
      case "tenant":
        return ["tenants"];
      case "model":
        return ["models"];
      case "key_and_model":
        return ["keys", "tenants", "models"];
      case "gateway":
        return [];
    }
  },
};

function readLimits(field: Field, reading: Reading): RateLimits {
  const members = membersOf(field, reading, {
    what: "limits of rates",
    members: rateLimitMembers,
    example: "{requests_per_minute: 600}",
    hints: { daily_cost_usd: "That is a policy of the type budget." },
  });
  return members ? readRateLimits(members, reading) : {};
}

/** Reads those that are there. */
export function readRateLimits(members: ReadonlyMap<string, Field>, reading: Reading): RateLimits {
  return Object.fromEntries(
    [...limits].flatMap(([name, limit]) => {
      const field = members.get(name);
      const number = field && wholeNumberOf(field, reading, ...rateRange);
      return number === undefined ? [] : [[limit, number] as const];
    }),
  );
}

function readWait(members: ReadonlyMap<string, Field>, reading: Reading) {
  const field = members.get("wait_ms");
  const waitMs = field && wholeNumberOf(field, reading, ...waitRange);
  return waitMs === undefined ? {} : { waitMs };
}
