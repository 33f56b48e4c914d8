import type { Command } from "commander";
import { addShadowReportCommand } from "./shadow-report.ts";

/** Adds `axonflow shadow`: what shadow mode has found out. */
export function addShadowCommand(program: Command): void {
  const command = program
    .command("shadow")
    .summary("tell what shadow mode has found out")
    .description("Tells how the shadow provider would have answered the primary's calls.");
  addShadowReportCommand(command);
}
