import type { Call } from "../../core/call.ts";
import type { LedgerAccount } from "../../core/ledger.ts";
import type { BudgetLimit, BudgetPolicy, BudgetScope } from "../../core/policy.ts";
import type { CallPolicies } from "../call-policies.ts";
import { windowAt } from "./windows.ts";

/** An account, and the budget that it belongs to. */
export interface BudgetAccount {
  readonly account: LedgerAccount;
  readonly policy: BudgetPolicy;
  readonly limit: BudgetLimit;
}

/** Finds the accounts that a call adds to at a moment (milliseconds since 1970), each name once. */
export type AccountsOf = (
  budgets: readonly BudgetPolicy[],
  model: string,
  call: Pick<Call, "principal" | "request">,
  epochMs: number,
) => readonly BudgetAccount[];

/** A budget's accounts for one value of its scope, as long as their windows last. */
interface Kept {
  readonly accounts: readonly BudgetAccount[];
  readonly untilEpochMs: number;
}

/** How many values of one budget's scope are remembered; values of tags come from callers. */
const mostValues = 4096;

/** Windows and names are worked out once for each budget and value of its scope. */
export function createAccountsOf(): AccountsOf {
  const known = new WeakMap<BudgetPolicy, Map<string, Kept>>();

  const accountsAt = (policy: BudgetPolicy, value: string, epochMs: number): Kept => {
    const ofPolicy = known.get(policy) ?? new Map<string, Kept>();
    known.set(policy, ofPolicy);
    const kept = ofPolicy.get(value);
    if (kept && epochMs < kept.untilEpochMs) return kept;
    if (ofPolicy.size >= mostValues) ofPolicy.clear();
    const fresh = made(policy, value, epochMs);
    ofPolicy.set(value, fresh);
    return fresh;
  };

  return (budgets, model, call, epochMs) => {
    const [only, ...others] = budgets;
    if (!only) return [];
    const first = accountsAt(only, scopeValue(only.scope, model, call), epochMs).accounts;
    if (others.length === 0) return first;
    const rest = others.flatMap(
      (policy) => accountsAt(policy, scopeValue(policy.scope, model, call), epochMs).accounts,
    );
    return eachOnce([...first, ...rest]);
  };
}

/** The name of a limit's account: `team/month/tag:team=search`, `limit/rolling-day/key:ci`. */
export function accountName(policy: BudgetPolicy, limit: BudgetLimit, value: string): string {
  return `${policy.name}/${limit.rolling ? "rolling-" : ""}${limit.period}/${value}`;
}

/** What tells one count of a scope from another. A call without a tenant or a tag is counted under the empty one. */
export function scopeValue(
  scope: BudgetScope,
  model: string,
  { principal, request }: Pick<Call, "principal" | "request">,
): string {
  switch (scope.kind) {
    case "gateway":
      return "gateway";
    case "key":
      return `key:${principal.name}`;
    case "tenant":
      return `tenant:${principal.tenant ?? ""}`;
    case "model":
      return `model:${model}`;
    case "tag":
      return `tag:${scope.tag}=${request.tags[scope.tag] ?? ""}`;
  }
}

function made(policy: BudgetPolicy, value: string, epochMs: number): Kept {
  let untilEpochMs = Number.POSITIVE_INFINITY;
  const accounts = policy.limits.map((limit) => {
    const at = windowAt(limit, policy.zone, epochMs);
    untilEpochMs = Math.min(untilEpochMs, at.untilEpochMs);
    const account: LedgerAccount = {
      name: accountName(policy, limit, value),
      window: at.window,
      limitNanoUsd: limit.limitNanoUsd,
      enforced: policy.action.kind !== "warn",
    };
    return { account, policy, limit };
  });
  return { accounts: eachOnce(accounts), untilEpochMs };
}

/** Of two limits of one account the lower one holds. */
function eachOnce(accounts: readonly BudgetAccount[]): readonly BudgetAccount[] {
  const byName = new Map<string, BudgetAccount>();
  for (const each of accounts) {
    const { name, limitNanoUsd } = each.account;
    const held = byName.get(name);
    if (!held || limitNanoUsd < held.account.limitNanoUsd) byName.set(name, each);
  }
  return byName.size === accounts.length ? accounts : [...byName.values()];
}

/** What a copy that no caller sees is counted by: what counts for all keys. */
export function budgetsOfCopies({ budgets }: CallPolicies): readonly BudgetPolicy[] {
  return budgets.filter(({ scope: { kind } }) => kind === "gateway" || kind === "model");
}
