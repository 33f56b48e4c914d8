import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { UsageError } from "./usage-error.ts";

/** A command that is another program of this repository. */
export interface Program {
  readonly name: string;
  readonly summary: string;
  /** Where its entry is, from here. */
  readonly main: string;
}

/**
 * Adds a command that replaces this process by another program, so that its signals, its output and its exit status are
 * the command's own. All arguments are its own too, `--help` among them.
 */
export function addProgramCommand(parent: Command, { name, summary, main }: Program): void {
  parent
    .command(name)
    .summary(summary)
    .description(
      `Runs ${main.replace("../../", "")}; axonflow ${name} --help lists its own options.`,
    )
    .argument("[args...]")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action((args: readonly string[]) => replaceBy(main, args));
}

/** Goes on as that program. */
export function replaceBy(main: string, args: readonly string[]): void {
  const path = fileURLToPath(new URL(main, import.meta.url));
  if (!process.execve) {
    throw new UsageError(`This system cannot replace a process: run node ${path} instead.`);
  }
  process.execve(process.execPath, [process.execPath, path, ...args], process.env);
}
