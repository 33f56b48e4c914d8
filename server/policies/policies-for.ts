import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Principal } from "../core/call.ts";
import { GatewayError } from "../core/error.ts";
import { fitsAny } from "../core/name-pattern.ts";
import type { AppliesTo, Policies, Policy, Selection } from "../core/policy.ts";
import type { CallPolicies, PoliciesFor } from "./call-policies.ts";
import { changePolicy } from "./change-policy.ts";
import { collectPolicies } from "./collect-policies.ts";
import { policiesOfGrants } from "./grant-policies.ts";

/** Every name of what a call asks for, the canonical one first, so that no alias evades a policy of its model. */
export type ModelNames = (asked: string) => readonly [string, ...string[]];

/** What policies are found by. */
export interface PoliciesForOptions {
  readonly policies: Policies;
  /** Gives the same array as long as the names of the model stay the same. */
  readonly modelNames: ModelNames;
}

interface Remembered {
  readonly principal: Pick<Principal, "tenant" | "grants">;
  readonly names: readonly string[];
  readonly policies: CallPolicies;
}

/** How many pairs of a key and a model are remembered. Models come from callers: when there are more, all are forgotten. */
const mostRemembered = 4096;

/** Works out once for each key and model what holds for their calls. */
export function createPoliciesFor({ policies, modelNames }: PoliciesForOptions): PoliciesFor {
  const remembered = new Map<string, Map<string, Remembered>>();
  const variantOf = createVariants();
  let count = 0;

  function find(principal: Principal, names: readonly [string, ...string[]]): CallPolicies {
    refuseUnknown(principal, policies);
    const found = policies.flatMap((configured) => {
      if (!isAbout(configured.policy.appliesTo, configured.policy.name, principal, names))
        return [];
      return variantOf(configured, (selection) => matches(selection, principal, names)) ?? [];
    });
    return collectPolicies(names[0], [...found, ...policiesOfGrants(principal)]);
  }

  return ({ principal, request }) => {
    const names = modelNames(request.model);
    const known = remembered.get(principal.name)?.get(request.model);
    if (known && known.names === names && isSame(known.principal, principal)) return known.policies;
    if (count >= mostRemembered) {
      remembered.clear();
      count = 0;
    }
    const ofKey = remembered.get(principal.name) ?? new Map<string, Remembered>();
    remembered.set(principal.name, ofKey);
    if (!ofKey.has(request.model)) count++;
    const found = find(principal, names);
    ofKey.set(request.model, { principal, names, policies: found });
    return found;
  };
}

function isSame(a: Remembered["principal"], b: Principal): boolean {
  return a.grants === b.grants && a.tenant === b.tenant;
}

function isAbout(
  appliesTo: AppliesTo,
  name: string,
  principal: Principal,
  names: readonly string[],
): boolean {
  if (appliesTo.assigned && !principal.grants?.policies.includes(name)) return false;
  return matches(appliesTo, principal, names);
}

/** A key without a tenant is of none of those that a list names, and of all when it names none. */
function matches(
  { keys, tenants, models }: Selection,
  { name, tenant = "" }: Principal,
  names: readonly string[],
): boolean {
  return (
    (keys.length === 0 || fitsAny(keys, name)) &&
    (tenants.length === 0 || (tenant !== "" && fitsAny(tenants, tenant))) &&
    (models.length === 0 || names.some((each) => fitsAny(models, each)))
  );
}

type Variants = (
  configured: Policies[number],
  holds: (selection: Selection) => boolean,
) => Policy | undefined;

/** A policy with the changes of the overrides that hold: one object for each set of overrides. */
function createVariants(): Variants {
  const known = new Map<Policies[number], Map<string, Policy>>();
  return (configured, holds) => {
    const held = configured.overrides.filter(({ selection }) => holds(selection));
    if (held.length === 0) return configured.policy;
    if (held.findLast(({ enabled }) => enabled !== undefined)?.enabled === false) return undefined;
    const variants = known.get(configured) ?? new Map<string, Policy>();
    known.set(configured, variants);
    const key = held.map(({ where }) => where).join();
    const variant = variants.get(key) ?? changePolicy(configured.policy, held);
    variants.set(key, variant);
    return variant;
  };
}

function refuseUnknown({ name, grants }: Principal, policies: Policies): void {
  const missing = grants?.policies.find(
    (each) => !policies.some(({ policy }) => policy.name === each),
  );
  if (missing === undefined) return;
  throw new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.BLOCKED_BY_POLICY,
    `The licence key ${name} is held to the policy ${missing}, which the gateway's configuration does not have. Its operator has to add the policy, or make a key without it.`,
    { metadata: { policy: missing, direction: "request" } },
  );
}
