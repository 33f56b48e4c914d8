import { create } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { ListBudgetsResponseSchema } from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import { budgetsSheet } from "./budgets-sheet.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { withGateway } from "./with-gateway.ts";

interface BudgetsOptions extends ConnectionOptions {
  readonly timeoutMs?: number;
  readonly json?: boolean;
}

const notes = `
A licence key that the gateway's AXONFLOW_ADMIN_KEYS does not name sees its own budgets and its tenant's only.`;

/** Adds `axonflow budgets`: what may still be spent. */
export function addBudgetsCommand(program: Command): void {
  const command = program
    .command("budgets")
    .summary("show what each budget has left")
    .description("Shows what was spent of each budget, what is set aside, and what is left.")
    .option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", notes + exitCodesHelp)
    .action((options: BudgetsOptions) =>
      withGateway(options, async ({ client, output, signal }) => {
        const { timeoutMs } = options;
        const budgets = [...(await client.usage.listBudgets({ signal, timeoutMs }))];
        const text = options.json
          ? json(ListBudgetsResponseSchema, create(ListBudgetsResponseSchema, { budgets }))
          : budgetsSheet(budgets, Date.now());
        await output.write(text);
      }),
    );
}
