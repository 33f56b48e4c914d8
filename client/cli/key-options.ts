import { type Command, InvalidArgumentError } from "commander";
import { BudgetPeriod, type NewKey } from "../sdk/node.ts";
import { type AdminOptions, addConnectionAndTimeout } from "./admin-options.ts";
import { exitCodesHelp } from "./exit-codes.ts";

/** The options of every command about keys. */
export interface KeysOptions extends AdminOptions {
  readonly json?: boolean;
}

const whoMay = `
The licence key that asks must be one that the gateway's AXONFLOW_ADMIN_KEYS names. Gateways over one PostgreSQL have the
same keys, and each acts on a change within seconds. docs/keys.md says more.`;

/** Adds them to a command, and the words about who may. */
export function addKeysOptions(command: Command): Command {
  return addConnectionAndTimeout(command.option("--json", "print one JSON object")).addHelpText(
    "after",
    whoMay + exitCodesHelp,
  );
}

/** How much a key may spend, as the contract has it. */
export type Budgets = NonNullable<NonNullable<NewKey["grants"]>["budgets"]>;

const periods: ReadonlyMap<string, BudgetPeriod> = new Map([
  ["minute", BudgetPeriod.MINUTE],
  ["hourly", BudgetPeriod.HOUR],
  ["daily", BudgetPeriod.DAY],
  ["weekly", BudgetPeriod.WEEK],
  ["monthly", BudgetPeriod.MONTH],
]);

const budgetForm =
  /^(?<rolling>rolling-)?(?<name>[a-z]+)=(?<whole>\d{1,9})(?:\.(?<part>\d{1,9}))?$/;

/** Collects `daily=5.00` or `rolling-weekly=20`, exactly, in nano-USD. */
export function readBudget(text: string, before: Budgets = []): Budgets {
  const { rolling, name = "", whole, part = "" } = budgetForm.exec(text)?.groups ?? {};
  const period = periods.get(name);
  if (whole === undefined || period === undefined) {
    const names = [...periods.keys()].join(", ");
    throw new InvalidArgumentError(
      `It must be a time and US dollars, such as daily=5.00; times are ${names}, or rolling- before one of them.`,
    );
  }
  const limitNanoUsd = BigInt(whole + part.padEnd(9, "0"));
  return [...before, { period, rolling: rolling !== undefined, limitNanoUsd }];
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Reads `30m`, `12h` or `7d` in milliseconds. */
export function readAge(text: string): number {
  const { count, unit = "" } = /^(?<count>\d{1,6})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  if (count !== undefined) return Number(count) * (unitsMs.get(unit) ?? 0);
  throw new InvalidArgumentError("It must be a time such as 30m, 12h or 7d.");
}
