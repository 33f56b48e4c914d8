import { exitCodes } from "./exit-codes.ts";
import type { Interruption } from "./interruption.ts";

/** Where the command writes: answers to stdout, everything else to stderr. */
export interface Output {
  /** Resolves when the text is out of our hands, so a slow reader slows the call down. */
  write(text: string): Promise<void>;
  /** A line on stderr. */
  note(line: string): void;
}

/** When whoever reads stdout goes away, the command is interrupted, quietly. */
export function createOutput(interruption: Interruption): Output {
  // The writer's callback has the error too; without listeners it would end the process with a stack trace.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(printable(text, process.stdout.isTTY), (error) => {
          if (!error) return resolve();
          if ("code" in error && error.code !== "EPIPE") return reject(error);
          interruption.interrupt(exitCodes.outputClosed);
          resolve();
        });
      }),
    note: (line) => void process.stderr.write(`${printable(line, process.stderr.isTTY)}\n`),
  };
}

/** On a terminal a model's text may not move the cursor, set the title or colour what follows. */
function printable(text: string, isTerminal: boolean): string {
  return isTerminal ? text.replace(/[^\P{Cc}\n\t]/gu, "\u{fffd}") : text;
}
