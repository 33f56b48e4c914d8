import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's root; every program runs there unless told otherwise. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Where and with what a program runs; `env` is added to this process's own. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a finished program left behind. */
export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a status other than 0 is for the caller to judge. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd = root, env = {} }: ProgramOptions = {},
): Promise<Finished> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs a program until its output matches, then interrupts it and all that it started, as Ctrl-C in a terminal does. */
export function interruptProgram(
  command: string,
  args: readonly string[],
  enough: RegExp,
): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (child.pid && enough.test(stdout)) process.kill(-child.pid, "SIGINT");
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Runs a program that has to succeed and gives its output; otherwise the error shows all it said. */
export async function runWell(
  command: string,
  args: readonly string[],
  options?: ProgramOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}:\n${stderr}${stdout}`);
}
