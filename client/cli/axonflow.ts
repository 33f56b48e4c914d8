#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addAuditCommand } from "./audit.ts";
import { addBudgetsCommand } from "./budgets.ts";
import { addCompleteCommand } from "./complete.ts";
import { addConfigCommand } from "./config.ts";
import { addDoctorCommand } from "./doctor.ts";
import { addDrainCommands } from "./drain.ts";
import { exitCodes, exitCodesHelp } from "./exit-codes.ts";
import { addIamPolicyCommand } from "./iam-policy.ts";
import { addKeysCommand } from "./keys.ts";
import { addModelsCommand } from "./models.ts";
import { addPolicyCommand } from "./policy.ts";
import { addProgramCommand } from "./program-command.ts";
import { addReloadCommand } from "./reload.ts";
import { addShadowCommand } from "./shadow.ts";
import { addStatusCommand } from "./status.ts";
import { addUsageCommand } from "./usage.ts";
import { UsageError } from "./usage-error.ts";
import { addWeightsCommand } from "./weights.ts";

const examples = `
Examples:
  $ axonflow serve --help
  $ export AXONFLOW_LICENSE_KEY=…
  $ axonflow complete "What is the capital of France?"
  $ axonflow complete "Write 40 words." --stream
  $ axonflow models`;

const program = new Command("axonflow")
  .description("AxonFlow Gateway: serves language models of AWS Bedrock, and asks them.")
  .enablePositionalOptions()
  .showHelpAfterError("Add --help for the list of options.")
  .exitOverride()
  .addHelpText("after", examples + exitCodesHelp);

addProgramCommand(program, {
  name: "serve",
  summary: "run the gateway",
  main: "../../server/main.ts",
});
addProgramCommand(program, {
  name: "health",
  summary: "tell whether the gateway on this machine takes calls",
  main: "./health-main.ts",
});
addProgramCommand(program, {
  name: "emulator",
  summary: "run a Bedrock on loopback, for development and tests",
  main: "../../emulator/main.ts",
});
addCompleteCommand(program);
addModelsCommand(program);
addShadowCommand(program);
addUsageCommand(program);
addBudgetsCommand(program);
addStatusCommand(program);
addWeightsCommand(program);
addDrainCommands(program);
addReloadCommand(program);
addConfigCommand(program);
addPolicyCommand(program);
addKeysCommand(program);
addAuditCommand(program);
addDoctorCommand(program);
addIamPolicyCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof UsageError) console.error(`axonflow: ${error.message}`);
  // Commander has printed what is wrong, or the help that was asked for.
  else if (!(error instanceof CommanderError)) throw error;
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  process.exitCode = isHelp ? exitCodes.ok : exitCodes.usage;
}
