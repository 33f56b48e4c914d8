import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Answer, Methods, Question, Ready } from "./ipc.ts";
import type { ProbeMethods } from "./probe.ts";

type Method<M, K extends keyof M> = M[K] extends (...args: infer A) => infer R
  ? { readonly args: A; readonly result: Awaited<R> }
  : never;

/** A process of the benchmark, and the way to ask it. Every one of them answers `sample`. */
export interface Child<M extends Methods = Record<never, never>> {
  /** Resolves with the port it listens on; for processes that report themselves ready. */
  readonly port: Promise<number>;
  ask<K extends keyof (M & ProbeMethods) & string>(
    method: K,
    ...args: Method<M & ProbeMethods, K>["args"]
  ): Promise<Method<M & ProbeMethods, K>["result"]>;
  /** Ends it: SIGTERM, and two seconds later SIGKILL. */
  stop(): Promise<void>;
}

/** What to start. */
export interface ChildOptions {
  /** The script, relative to bench/. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether what it writes to stderr is thrown away. */
  readonly isQuiet?: boolean;
}

const probeUrl = new URL("./probe.ts", import.meta.url).href;
const killAfterMs = 2000;

/** Starts a script on this Node in a process of its own, with nothing of this environment but PATH. */
export function startChild<M extends Methods>({
  script,
  args = [],
  env,
  isQuiet = false,
}: ChildOptions): Child<M> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const running = spawn(process.execPath, ["--import", probeUrl, path, ...args], {
    stdio: ["ignore", "ignore", isQuiet ? "ignore" : "inherit", "ipc"],
    env: { PATH: process.env.PATH, ...env },
  });
  const exited = new Promise<void>((resolve) => running.once("exit", () => resolve()));
  const questions = askOver(running, script);
  const port = new Promise<number>((resolve, reject) => {
    running.on("message", (message: Ready | Answer) => {
      if ("ready" in message) resolve(message.port);
    });
    exited.then(() => reject(new Error(`${script} ended before it was ready`)));
  });
  port.catch(() => {});
  return {
    port,
    ask: questions as Child<M>["ask"],
    async stop() {
      if (running.exitCode !== null || running.signalCode !== null) return;
      running.kill("SIGTERM");
      const overdue = setTimeout(() => running.kill("SIGKILL"), killAfterMs);
      await exited;
      clearTimeout(overdue);
    },
  };
}

/** Questions and answers over the process's channel; those still open when it ends are rejected. */
function askOver(running: ChildProcess, script: string) {
  const open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  running.on("message", (message: Ready | Answer) => {
    if ("ready" in message) return;
    const waiting = open.get(message.id);
    open.delete(message.id);
    if ("error" in message) waiting?.reject(new Error(`${script}: ${message.error}`));
    else waiting?.resolve(message.result);
  });
  running.once("exit", (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`${script} ended: ${signal ?? code}`));
    open.clear();
  });
  return (method: string, argument?: unknown) =>
    new Promise<unknown>((resolve, reject) => {
      lastId += 1;
      open.set(lastId, { resolve, reject });
      running.send({ id: lastId, method, argument } satisfies Question, (error) => {
        if (error) reject(error);
      });
    });
}
