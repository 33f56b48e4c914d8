import { isMap, type Node } from "yaml";
import type { KeyGrants } from "../../core/key-grants.ts";
import type { Policies } from "../../core/policy.ts";
import { didYouMean } from "../did-you-mean.ts";
import { entriesOf, type Locate } from "../model-overrides.ts";
import { type JsonSchema, listOf, mapOf, plainText, trueOrFalse } from "../schema/json-schema.ts";
import { costLimitMembers, costLimitNames, readCostLimits } from "./cost-limits.ts";
import { type Field, flagOf, itemsOf, membersOf, type Reading, refuse, textOf } from "./fields.ts";
import { rateLimitMembers, readRateLimits } from "./rate-limit.ts";
import { modelForm, namesLike, readNames } from "./selection.ts";

/** What the configuration says of one licence key, and where. */
export interface ConfiguredGrants extends KeyGrants {
  /** Undefined: the key belongs to no tenant. */
  readonly tenant: string | undefined;
  readonly where: string;
}

const placeForm = {
  form: /^[a-z0-9*-]{1,64}$/,
  expected: "names in lower case; * stands for anything, as in us-*",
};
const tenantForm = /^[A-Za-z0-9_.-]{1,64}$/;
const policyForm = /^[\s\S]{1,64}$/;
const budgetMembers = { ...costLimitMembers, rolling: trueOrFalse };
const members = {
  tenant: plainText(tenantForm),
  allowed_models: namesLike(modelForm),
  allowed_providers: namesLike(placeForm),
  allowed_regions: namesLike(placeForm),
  policies: listOf(plainText(policyForm)),
  budgets: mapOf(budgetMembers),
  rates: mapOf(rateLimitMembers),
};

/** What may be said of one key. */
export const keyGrantsSchema: JsonSchema = mapOf(members);

const example = "{tenant: acme, allowed_providers: [bedrock]}";

/**
 * Reads `keys` of a file: what the calls of single licence keys may do, by the key's name. Every mistake goes to
 * `problems` with its line; one that were passed over would leave a fence open.
 */
export function readKeyGrants(
  section: Node | undefined,
  policies: Policies,
  at: Locate,
  problems: string[],
): ReadonlyMap<string, ConfiguredGrants> {
  const reading: Reading = { at, problems };
  return new Map(
    entriesOf("keys", section, at, problems).flatMap(([name, node, place]) => {
      const line = place.slice(0, place.lastIndexOf(`: keys.${name}`));
      const field: Field = { node, line, path: `keys.${name}` };
      const found = membersOf(field, reading, { what: "a key", members, example });
      return found ? [[name, readGrants(found, field, policies, reading)] as const] : [];
    }),
  );
}

function readGrants(
  found: ReadonlyMap<string, Field>,
  { line, path }: Field,
  policies: Policies,
  reading: Reading,
): ConfiguredGrants {
  const tenant = found.get("tenant");
  const rates = found.get("rates");
  return {
    tenant: tenant && textOf(tenant, reading, tenantForm, "a name such as acme"),
    models: readNames(found.get("allowed_models"), reading, modelForm),
    providers: readNames(found.get("allowed_providers"), reading, {
      ...placeForm,
      example: "[bedrock]",
    }),
    regions: readNames(found.get("allowed_regions"), reading, { ...placeForm, example: "[us-*]" }),
    policies: readAssigned(found.get("policies"), policies, reading),
    budgets: readBudgets(found.get("budgets"), reading),
    rates: rates && readRates(rates, reading),
    where: `${line}: ${path}`,
  };
}

/** A policy that holds for everybody anyway would make the list say more than it does. */
function readAssigned(
  field: Field | undefined,
  policies: Policies,
  reading: Reading,
): readonly string[] {
  const items = field ? itemsOf(field, reading, "[strict-pii]") : undefined;
  return (items ?? []).flatMap((item) => {
    const name = textOf(item, reading, policyForm, "the name of a policy");
    if (name === undefined) return [];
    const policy = policies.find((each) => each.policy.name === name)?.policy;
    const names = policies.flatMap((each) => each.policy.name || []);
    if (!policy) {
      const near = didYouMean(name, names);
      refuse(reading, item, `there is no policy ${JSON.stringify(name)}.${near}`);
    } else if (!policy.appliesTo.assigned) {
      const why = `does not need keys to name it. Give it assigned: true (${policy.where}), or take it from here`;
      refuse(reading, item, `${name} ${why}`);
    }
    return [name];
  });
}

function readBudgets(field: Field | undefined, reading: Reading): KeyGrants["budgets"] {
  if (!field) return [];
  const found = membersOf(field, reading, {
    what: "budgets of a key",
    members: budgetMembers,
    example: "{daily_cost_usd: 5}",
  });
  const rolling = found?.get("rolling");
  const isRolling = rolling ? flagOf(rolling, reading) === true : false;
  if (found && isMap(field.node) && found.size === (rolling ? 1 : 0)) {
    refuse(reading, field, `has no limit. There are: ${costLimitNames.join(", ")}`);
  }
  return found ? readCostLimits(found, isRolling, reading) : [];
}

function readRates(field: Field, reading: Reading): KeyGrants["rates"] {
  const found = membersOf(field, reading, {
    what: "rates of a key",
    members: rateLimitMembers,
    example: "{requests_per_minute: 60}",
  });
  return found ? readRateLimits(found, reading) : {};
}
