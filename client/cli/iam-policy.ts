import type { Command } from "commander";
import { addProgramCommand } from "./program-command.ts";

/** `axonflow iam-policy`: the least that the gateway's role has to be allowed. It asks no gateway. */
export function addIamPolicyCommand(program: Command): void {
  addProgramCommand(program, {
    name: "iam-policy",
    summary: "print the IAM policy that the configuration needs, and no more",
    main: "../../server/iam-policy-main.ts",
  });
}
