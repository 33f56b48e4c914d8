import type { Command } from "commander";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { wholeNumber } from "./option-values.ts";

/** The options of every command that operators use. */
export interface AdminOptions extends ConnectionOptions {
  readonly timeoutMs?: number;
}

const whoMay = `
The licence key must be one that the gateway's AXONFLOW_ADMIN_KEYS names. What is shown and changed is of the one process
that answers; changes hold from the next call on, and until it ends.`;

/** Adds them to a command, and the words about who may. */
export function addAdminOptions(command: Command): Command {
  return addConnectionAndTimeout(command).addHelpText("after", whoMay + exitCodesHelp);
}

/** Adds where the gateway is, and how long the command waits for it. */
export function addConnectionAndTimeout(command: Command): Command {
  return addConnectionOptions(
    command.option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999)),
  );
}
