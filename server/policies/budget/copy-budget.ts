import type { Attempt } from "../../core/call.ts";
import { tapEvents } from "../../core/events.ts";
import type { Layer } from "../../core/layer.ts";
import type { PoliciesFor } from "../call-policies.ts";
import { budgetsOfCopies } from "./accounts.ts";
import { type FundingOptions, fundCall } from "./fund-call.ts";

export interface CopyBudgetOptions extends FundingOptions {
  readonly policiesFor: PoliciesFor;
}

/**
 * The money of a call's copy in shadow mode: counted by the budgets of all keys together and by nobody's own, and never
 * made shorter or moved, because its answer is compared. Throws BUDGET_EXCEEDED where there is no room for it.
 */
export function copyBudget(options: CopyBudgetOptions): Layer<Attempt> {
  return {
    name: "copyBudget",
    wrap: (next) => async (copy) => {
      const policies = options.policiesFor(copy);
      const funding = {
        kind: "shadow",
        budgets: budgetsOfCopies(policies),
        model: policies.model,
        mayClamp: false,
      } as const;
      const funded = await fundCall(copy, funding, options);
      if (!("spending" in funded)) {
        options.watch.refused(funded.budget.name);
        throw funded.error;
      }
      const { spending } = funded;
      try {
        const reply = await next({ ...copy, spending });
        return { ...reply, events: tapEvents(reply.events, { end: () => spending.close() }) };
      } catch (error) {
        spending.close();
        throw error;
      }
    },
  };
}
