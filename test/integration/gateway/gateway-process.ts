import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { auditKeyFile, dataDirectory } from "../../fakes/data-directory.ts";

const main = fileURLToPath(new URL("../../../server/main.ts", import.meta.url));

/** A gateway in a process of its own, as `npm start` runs it. */
export interface GatewayProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly httpUrl: string;
  readonly grpcUrl: string;
  /** Everything it has logged so far, a parsed line each. */
  readonly lines: readonly { readonly [name: string]: unknown }[];
  /** Resident memory in bytes (Linux: /proc). */
  residentBytes(): number;
  /** Resolves with the exit status. */
  readonly exited: Promise<number | null>;
}

/** Environment that reaches nothing real and is not disturbed by the developer's own. */
export function gatewayEnv(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_ACCESS_KEY_ID: "emulator",
    AWS_SECRET_ACCESS_KEY: "emulator",
    AXONFLOW_HOST: "127.0.0.1",
    AXONFLOW_DATA_DIR: dataDirectory(),
    AXONFLOW_AUDIT_KEY_FILE: auditKeyFile(),
    // No load balancer has to be told.
    AXONFLOW_DRAIN_DELAY_MS: "0",
    ...settings,
  };
}

/** Starts one on free ports and waits until it says that it is ready. */
export async function startGatewayProcess(
  settings: Readonly<Record<string, string>>,
  { nodeFlags = [], args = [] }: { nodeFlags?: readonly string[]; args?: readonly string[] } = {},
): Promise<GatewayProcess> {
  const ports = ["--http-port", "0", "--grpc-port", "0"];
  const child = spawn(process.execPath, [...nodeFlags, main, ...ports, ...args], {
    env: gatewayEnv(settings),
  });
  const exited = once(child, "exit").then(([status]) => status as number | null);
  const lines: { [name: string]: unknown }[] = [];
  const stderr: string[] = [];
  child.stderr.on("data", (chunk) => stderr.push(String(chunk)));
  const ready = new Promise<{ httpPort: number; grpcPort: number }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text);
      lines.push(line);
      if (line.httpPort) resolve(line);
    });
    exited.then((status) => reject(new Error(`ended with ${status}: ${stderr.join("")}`)));
  });
  const { httpPort, grpcPort } = await ready;
  return {
    child,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    grpcUrl: `http://127.0.0.1:${grpcPort}`,
    lines,
    exited,
    residentBytes() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    },
  };
}

/** Runs a gateway that is expected to end by itself, and gives what it said. */
export async function runGateway(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stderr: string; readonly stdout: string }> {
  const child = spawn(process.execPath, [main, ...args], { env: gatewayEnv(settings) });
  let stderr = "";
  let stdout = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const [status] = await once(child, "close");
  return { status: status as number | null, stderr, stdout };
}
