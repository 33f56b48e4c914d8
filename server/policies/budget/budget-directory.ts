import type { BudgetPeriod, BudgetPolicy } from "../../core/policy.ts";

/** What an account's name says. */
export interface AccountWords {
  /** The policy's name. */
  readonly budget: string;
  readonly period: BudgetPeriod;
  readonly rolling: boolean;
  /** What the scope counts by, for example `gateway` or `key:ci`. */
  readonly value: string;
  /** Undefined where the configuration does not have the policy any more, or a licence key's own grants have it. */
  readonly policy: BudgetPolicy | undefined;
}

/** Reads the names of accounts by the policies that there are; undefined for what is no name of an account. */
export type BudgetDirectory = (account: string) => AccountWords | undefined;

const tail = /^(?<rolling>rolling-)?(?<period>minute|hour|day|week|month)\/(?<value>.*)$/s;
const anyAccount = /^(?<budget>.*?)\/(?=(?:rolling-)?(?:minute|hour|day|week|month)\/)/s;

/** Names of policies may hold slashes, so those that are known are looked for first, the longest first. */
export function createBudgetDirectory(policies: readonly BudgetPolicy[]): BudgetDirectory {
  const longestFirst = policies.toSorted((a, b) => b.name.length - a.name.length);
  return (account) => {
    const policy = longestFirst.find(({ name }) => account.startsWith(`${name}/`));
    const budget = policy?.name ?? anyAccount.exec(account)?.groups?.budget;
    if (budget === undefined) return undefined;
    const { rolling, period, value } = tail.exec(account.slice(budget.length + 1))?.groups ?? {};
    if (period === undefined || value === undefined) return undefined;
    const words = { budget, rolling: rolling !== undefined, value, policy };
    return { ...words, period: period as BudgetPeriod };
  };
}
