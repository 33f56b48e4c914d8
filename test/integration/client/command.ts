import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** How a command ended and what it said. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Command {
  readonly child: ChildProcessWithoutNullStreams;
  readonly outcome: Promise<Outcome>;
}

/** Dozens of short processes load the same modules; this is a third of their time saved. */
const compileCache = join(tmpdir(), "axonflow-test-compile-cache");

/** Starts a program of the repository with nothing of the developer's own settings in its environment. */
export function startProgram(
  main: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command {
  const path = fileURLToPath(new URL(`../../../${main}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compileCache, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const outcome = once(child, "close").then(([status]) => ({
    status: status as number | null,
    stdout,
    stderr,
  }));
  return { child, outcome };
}

/** Starts the `axonflow` command. */
export function startAxonflow(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Command {
  return startProgram("client/cli/axonflow.ts", args, env);
}

/** Runs it to its end. */
export function runAxonflow(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: string | Uint8Array = "",
): Promise<Outcome> {
  const { child, outcome } = startAxonflow(args, env);
  child.stdin.on("error", () => {}); // It may end before it has read everything.
  child.stdin.end(stdin);
  return outcome;
}
