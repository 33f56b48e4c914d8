import type { Command } from "commander";
import { addPolicyTestCommand } from "./policy-test.ts";
import { addProgramCommand } from "./program-command.ts";

/** Adds `axonflow policy`: what policies say, and what they would do. Neither asks a gateway. */
export function addPolicyCommand(program: Command): void {
  const policy = program
    .command("policy")
    .summary("check a configuration's policies, and try them on a text")
    .description("Looks at the policies of a configuration without a gateway.")
    .enablePositionalOptions();
  addProgramCommand(policy, {
    name: "check",
    summary: "tell what is wrong with a file, or what its policies do",
    main: "../../server/policy-check-main.ts",
  });
  addPolicyTestCommand(policy);
}
