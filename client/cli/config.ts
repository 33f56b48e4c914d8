import type { Command } from "commander";
import { addProgramCommand } from "./program-command.ts";

/** Adds `axonflow config`: what is configured, and what is wrong with it. Neither command asks a gateway. */
export function addConfigCommand(program: Command): void {
  const config = program
    .command("config")
    .summary("check a configuration, and show what is in force")
    .description("Looks at a whole configuration without a gateway.")
    .enablePositionalOptions();
  addProgramCommand(config, {
    name: "check",
    summary: "tell what has to be mended before the gateway can start",
    main: "../../server/config-check-main.ts",
  });
  addProgramCommand(config, {
    name: "show",
    summary: "show every setting, and where it comes from",
    main: "../../server/config-show-main.ts",
  });
}
