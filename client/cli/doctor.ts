import type { Command } from "commander";
import { addProgramCommand } from "./program-command.ts";

/** `axonflow doctor`: whether the account and the gateway are as a HIPAA deployment needs them. It asks no gateway. */
export function addDoctorCommand(program: Command): void {
  addProgramCommand(program, {
    name: "doctor",
    summary: "examine the AWS account and this gateway, and change nothing",
    main: "../../server/doctor-main.ts",
  });
}
