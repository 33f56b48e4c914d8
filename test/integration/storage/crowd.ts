import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { accountOf } from "./ledger-words.ts";

/** The accounts that the crowd's calls draw on; the first is in all of them. */
export const crowdAccounts = [
  accountOf(60_000n, "all"),
  accountOf(40_000n, "some"),
  accountOf(25_000n, "few"),
];
export const crowdTtlMs = 1500;

const program = fileURLToPath(new URL("./postgres-gateway.ts", import.meta.url));

/** What a provider would have charged one gateway process for. */
export interface GatewaySpending {
  /** Calls that are over, and what they did cost. */
  readonly ended: ReadonlyMap<string, bigint>;
  /** Calls that were sent and whose cost nobody heard of: at most this. */
  readonly open: ReadonlyMap<string, bigint>;
}

/** A gateway process of the crowd. */
export interface CrowdGateway {
  readonly spending: GatewaySpending;
  kill(): Promise<void>;
  /** Lets it end in order. */
  stop(): Promise<void>;
}

/** Starts one and waits until it takes calls. */
export async function startCrowdGateway(url: string): Promise<CrowdGateway> {
  const child = spawn(process.execPath, [program, url], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Map<string, bigint>();
  const open = new Map<string, bigint>();
  const lines = createInterface({ input: child.stdout });
  const isRead = once(lines, "close");
  const ready = new Promise<void>((resolve, reject) => {
    child.once("exit", () => reject(new Error("A gateway of the crowd ended by itself.")));
    lines.on("line", (line) => {
      const [what, id = "", amount = "0"] = line.split(" ");
      if (what === "ready") resolve();
      if (what === "start") open.set(id, BigInt(amount));
      if (what === "end") {
        open.delete(id);
        ended.set(id, BigInt(amount));
      }
    });
  });
  await ready;
  const gone = async (child: ChildProcess, act: () => void) => {
    const exited = once(child, "exit");
    act();
    await Promise.all([exited, isRead]);
  };
  return {
    spending: { ended, open },
    kill: () => gone(child, () => child.kill("SIGKILL")),
    stop: () => gone(child, () => child.stdin.write("stop\n")),
  };
}
