import type { Command } from "commander";
import { exitCodesHelp } from "./exit-codes.ts";
import { addModelsCompareCommand } from "./models-compare.ts";
import { addListOptions, listModels } from "./models-list.ts";
import { addModelsShowCommand } from "./models-show.ts";
import { withGateway } from "./with-gateway.ts";

const examples = `
Examples:
  $ axonflow models
  $ axonflow models --maker anthropic
  $ axonflow models --json | jq -r '.models[].id'
  $ axonflow models show claude-3-haiku
  $ axonflow models compare gpt-4-turbo claude-3-5-sonnet --input 1000 --output 500

INPUT and OUTPUT are US dollars for a million tokens, by the model's name in this gateway; a - stands for what is not
known.`;

/** Adds `axonflow models`: lists what can be asked for, shows one model, and compares what several cost. */
export function addModelsCommand(program: Command): void {
  const command = program
    .command("models")
    .summary("list the models that can be asked for, or compare them")
    .description("Lists the models that the gateway serves, with their prices and limits.")
    // Options of the list stand before a subcommand's name, the subcommand's own after it.
    .enablePositionalOptions();
  addListOptions(command)
    .addHelpText("after", examples + exitCodesHelp)
    .action((options) => withGateway(options, (session) => listModels(session, options)));
  addModelsShowCommand(command);
  addModelsCompareCommand(command);
}
