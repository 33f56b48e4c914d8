import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "./program.ts";

/** A program that keeps running and tells about itself line by line. */
export interface Service {
  /** How many lines it has written so far. */
  readonly lineCount: number;
  /** Waits for a line that matches, from the given one on; fails when the program ends before. */
  waitForLine(pattern: RegExp, fromLine?: number): Promise<RegExpMatchArray>;
  /** Rejects with all its lines when the program ends. */
  ended(): Promise<never>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<void>;
}

/** Starts a program; it never outlives this process, nor does its standard input. `env` is added to this process's own. */
export function startService(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Service {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  let end: Error | undefined;
  const kill = () => void child.kill("SIGKILL");
  const finish = (error: Error) => {
    process.removeListener("exit", kill);
    end ??= error;
    changes.emit("change");
  };
  const read = (line: string) => {
    lines.push(line);
    changes.emit("change");
  };
  process.once("exit", kill);
  child.once("error", finish);
  child.once("close", (code) => {
    finish(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${lines.join("\n")}`));
  });
  createInterface(child.stdout).on("line", read);
  createInterface(child.stderr).on("line", read);
  return {
    get lineCount() {
      return lines.length;
    },
    async waitForLine(pattern, fromLine = 0) {
      for (;;) {
        const match = firstMatch(lines.slice(fromLine), pattern);
        if (match) return match;
        if (end) throw end;
        await once(changes, "change");
      }
    },
    async ended() {
      for (;;) {
        if (end) throw end;
        await once(changes, "change");
      }
    },
    async stop() {
      if (end) return;
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
    },
  };
}

function firstMatch(lines: readonly string[], pattern: RegExp): RegExpMatchArray | undefined {
  for (const line of lines) {
    const match = line.match(pattern);
    if (match) return match;
  }
  return undefined;
}
