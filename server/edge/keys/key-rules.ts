import { create } from "@bufbuild/protobuf";
import {
  type CreateKeyRequest,
  type KeyGrants as GrantsMessage,
  KeyGrantsSchema,
  type KeyRates,
} from "../../../gen/axonflow/gateway/v1/key_pb.ts";
import { fromContractPeriod } from "../../core/budget-periods.ts";
import type { Catalogue } from "../../core/catalogue.ts";
import { type FieldViolation, GatewayError } from "../../core/error.ts";
import { idleLimits } from "../../core/idle-limits.ts";
import type { KeyGrants } from "../../core/key-grants.ts";
import type { KeyRecord } from "../../core/key-store.ts";
import type { BudgetLimit, Policies, RateLimits } from "../../core/policy.ts";
import { listViolations, placeRule, violation } from "../violation.ts";

/** What a request is held against. */
export interface KeyRuleOptions {
  readonly catalogue: Pick<Catalogue, "find" | "nearNames">;
  /** The policies of the configuration that holds now. */
  readonly policies: () => Policies;
}

/** What a new key is to be. */
export type NewKey = Pick<KeyRecord, "name" | "tenant" | "grants">;

const most = 64;
const nameForm = /^[A-Za-z0-9_.-]{1,64}$/;
const nameRule = "Must be 1 to 64 characters from a-z A-Z 0-9 _ . -.";
const models = {
  most,
  form: /^[\x21-\x7e]{1,2048}$/,
  rule: "Must be the name, id or ARN of a model; * stands for anything, as in claude-*.",
};
const places = { ...placeRule, most };
/** Nine digits before the point and nine behind it, as in the configuration. */
const mostNanoUsd = 10n ** 18n;
const mostRate = 1_000_000_000_000n;

/** Reads what CreateKey is asked for. Throws INVALID_ARGUMENT with everything that is wrong, field by field. */
export function readNewKey(request: CreateKeyRequest, options: KeyRuleOptions): NewKey {
  const { name, tenant, grants = create(KeyGrantsSchema) } = request;
  const found = [
    ...(nameForm.test(name) ? [] : [violation("name", nameRule)]),
    ...(tenant === "" || nameForm.test(tenant) ? [] : [violation("tenant", nameRule)]),
    ...modelViolations(grants.allowedModels, options.catalogue),
    ...listViolations("grants.allowed_providers", grants.allowedProviders, places),
    ...listViolations("grants.allowed_regions", grants.allowedRegions, places),
    ...policyViolations(grants.policies, options.policies()),
    ...budgetViolations(grants),
    ...rateViolations(grants.rates),
  ];
  if (found.length > 0) throw GatewayError.invalid(...found);
  return { name, tenant, grants: readGrants(grants) };
}

function readGrants(grants: GrantsMessage): KeyGrants {
  const rates = grants.rates && readRates(grants.rates);
  return {
    models: grants.allowedModels,
    providers: grants.allowedProviders,
    regions: grants.allowedRegions,
    policies: grants.policies,
    budgets: readBudgets(grants),
    ...(rates && Object.keys(rates).length > 0 && { rates }),
  };
}

/** A plain name that no model has is a slip of the pen; ids, profiles and ARNs may be known to AWS alone. */
function modelViolations(
  allowed: readonly string[],
  { find, nearNames }: KeyRuleOptions["catalogue"],
): FieldViolation[] {
  const field = "grants.allowed_models";
  const misspelt = allowed.flatMap((name, index) => {
    if (/[*.:/]/.test(name) || !models.form.test(name) || find(name)) return [];
    const near = nearNames(name);
    const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
    return [violation(`${field}[${index}]`, `No model has this name.${hint}`)];
  });
  return [...listViolations(field, allowed, models), ...misspelt.slice(0, most)];
}

function policyViolations(names: readonly string[], policies: Policies): FieldViolation[] {
  const field = "grants.policies";
  if (names.length > most) return [violation(field, `At most ${most}.`)];
  return names.flatMap((name, index) => {
    const policy = policies.find((each) => each.policy.name === name)?.policy;
    if (policy?.appliesTo.assigned) return [];
    const problem = policy
      ? "This policy does not need keys to name it; the configuration would have to say assigned: true."
      : "The gateway's configuration has no such policy.";
    return [violation(`${field}[${index}]`, problem)];
  });
}

function budgetViolations({ budgets }: GrantsMessage): FieldViolation[] {
  const found = budgets.flatMap(({ period, limitNanoUsd }, index) => {
    const at = `grants.budgets[${index}]`;
    const isTwice = budgets.findIndex((other) => other.period === period) < index;
    return [
      ...(fromContractPeriod(period) ? [] : [violation(`${at}.period`, "Must be set.")]),
      ...(isTwice ? [violation(`${at}.period`, "Is there twice.")] : []),
      ...(limitNanoUsd > 0n && limitNanoUsd < mostNanoUsd
        ? []
        : [violation(`${at}.limit_nano_usd`, "Must be above 0, and below a billion US dollars.")]),
    ];
  });
  if (found.length > 0) return found.slice(0, most);
  return idleLimits(readBudgets({ budgets })).map(([short, long]) =>
    violation(
      "grants.budgets",
      `The limit for the ${short.period} can never be reached, because the one for the ${long.period} is lower.`,
    ),
  );
}

function readBudgets({ budgets }: Pick<GrantsMessage, "budgets">): readonly BudgetLimit[] {
  return budgets.flatMap(({ period: asked, rolling, limitNanoUsd }) => {
    const period = fromContractPeriod(asked);
    return period ? [{ period, rolling, limitNanoUsd }] : [];
  });
}

function rateViolations(rates: KeyRates | undefined): FieldViolation[] {
  const { requestsPerMinute, tokensPerMinute, concurrentStreams } = rates ?? {};
  const named = {
    requests_per_minute: requestsPerMinute,
    tokens_per_minute: tokensPerMinute,
    concurrent_streams: concurrentStreams,
  };
  return Object.entries(named).flatMap(([name, rate = 1n]) =>
    rate >= 1n && rate <= mostRate
      ? []
      : [violation(`grants.rates.${name}`, `Must be 1 to ${mostRate}.`)],
  );
}

function readRates({
  requestsPerMinute,
  tokensPerMinute,
  concurrentStreams,
}: KeyRates): RateLimits {
  return {
    ...(requestsPerMinute !== undefined && { requestsPerMinute: Number(requestsPerMinute) }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute: Number(tokensPerMinute) }),
    ...(concurrentStreams !== undefined && { concurrentStreams: Number(concurrentStreams) }),
  };
}
