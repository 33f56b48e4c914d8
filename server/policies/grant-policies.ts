import type { Principal } from "../core/call.ts";
import type { KeyGrants } from "../core/key-grants.ts";
import type { Policy } from "../core/policy.ts";

const known = new WeakMap<KeyGrants, readonly Policy[]>();

/** The limits of a key's own grants as policies, so that whoever keeps budgets and rates knows one kind only. */
export function policiesOfGrants({ name, grants }: Principal): readonly Policy[] {
  if (!grants) return [];
  const found = known.get(grants) ?? [...budgetOf(name, grants), ...rateOf(name, grants)];
  known.set(grants, found);
  return found;
}

const ofAll = { keys: [], tenants: [], models: [], assigned: false };

function budgetOf(key: string, { budgets }: KeyGrants): readonly Policy[] {
  if (budgets.length === 0) return [];
  return [
    {
      type: "budget",
      name: `key:${key}`,
      appliesTo: ofAll,
      scope: { kind: "key" },
      limits: budgets,
      action: { kind: "deny" },
      zone: "UTC",
      alertPercents: [],
      where: `the grants of the licence key ${key}`,
    },
  ];
}

function rateOf(key: string, { rates }: KeyGrants): readonly Policy[] {
  if (!rates) return [];
  const where = `the grants of the licence key ${key}`;
  return [
    {
      type: "rate_limit",
      name: `key:${key}`,
      appliesTo: ofAll,
      scope: "key",
      limits: rates,
      where,
    },
  ];
}
