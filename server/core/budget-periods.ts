import { BudgetPeriod as ContractPeriod } from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import type { BudgetPeriod } from "./policy.ts";

const periods: ReadonlyMap<BudgetPeriod, ContractPeriod> = new Map([
  ["minute", ContractPeriod.MINUTE],
  ["hour", ContractPeriod.HOUR],
  ["day", ContractPeriod.DAY],
  ["week", ContractPeriod.WEEK],
  ["month", ContractPeriod.MONTH],
]);

/** A period in the words of the contract. */
export function toContractPeriod(period: BudgetPeriod): ContractPeriod {
  return periods.get(period) ?? ContractPeriod.UNSPECIFIED;
}

/** A period of the contract; undefined where there is no such one. */
export function fromContractPeriod(period: ContractPeriod): BudgetPeriod | undefined {
  for (const [own, contract] of periods) if (contract === period) return own;
  return undefined;
}
