import type { Command } from "commander";
import { addProgramCommand } from "./program-command.ts";

/** `axonflow policy test`: what the policies of a configuration would make of a text. It asks no gateway. */
export function addPolicyTestCommand(policy: Command): void {
  addProgramCommand(policy, {
    name: "test",
    summary: "show what would become of a text, and why",
    main: "../../server/policy-test-main.ts",
  });
}
