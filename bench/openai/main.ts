// OpenAI's own library beside the gateway's client: what each costs. Takes about half a minute.
// Run it with `node bench/openai/main.ts DIRECTORY`, where `npm install openai` was run in DIRECTORY.
import { setTimeout as wait } from "node:timers/promises";
import { type Child, startChild } from "../child.ts";
import { cpuOf } from "../measures/cpu-of.ts";
import { median } from "../median.ts";
import { machineLine } from "../report.ts";
import type { ClientMethods } from "./client.ts";

const kinds = ["library", "own"] as const;
const rounds = 7;
const calls = 1500;
const concurrency = 32;
const burstStreams = 150;
const tokensPerStream = 100;
const pacedStreams = 50;
const windowMs = 1500;

interface Subject {
  readonly kind: string;
  readonly child: Child<ClientMethods>;
  readonly unaryUs: number[];
  readonly burstUs: number[];
  readonly pacedUs: number[];
}

const [directory = "."] = process.argv.slice(2);
const upstream = startChild({ script: "./openai/upstream.ts" });
const started: Child[] = [upstream];
try {
  const port = String(await upstream.port);
  const subjects = await Promise.all(kinds.map((kind) => start(kind, port)));
  // Subjects take turns within a round, so that a busy moment hits both.
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) await measure(subject);
  }
  print("| client  | CPU µs a unary call | a chunk, in bursts | a chunk, one by one |");
  print("| ------- | ------------------: | -----------------: | ------------------: |");
  for (const subject of subjects) print(lineOf(subject));
  print(machineLine());
} finally {
  await Promise.all(started.map((child) => child.stop()));
}

async function start(kind: string, port: string): Promise<Subject> {
  const args = [kind, port, directory];
  const child = startChild<ClientMethods>({ script: "./openai/client.ts", args });
  started.push(child);
  await child.port;
  await child.ask("complete", { calls: 2000, concurrency });
  await child.ask("burst", burstStreams);
  return { kind, child, unaryUs: [], burstUs: [], pacedUs: [] };
}

async function measure({ child, unaryUs, burstUs, pacedUs }: Subject): Promise<void> {
  unaryUs.push((await cpuOf(child, () => child.ask("complete", { calls, concurrency }))) / calls);
  const burst = await cpuOf(child, () => child.ask("burst", burstStreams));
  burstUs.push(burst / (burstStreams * tokensPerStream));
  await child.ask("open", pacedStreams);
  await wait(200);
  const before = await child.ask("chunks");
  let after = before;
  const paced = await cpuOf(child, async () => {
    await wait(windowMs);
    after = await child.ask("chunks");
  });
  pacedUs.push(paced / (after - before));
  await child.ask("leave");
  await wait(100);
}

function lineOf({ kind, unaryUs, burstUs, pacedUs }: Subject): string {
  const cells = [
    kind.padEnd(7),
    median(unaryUs).toFixed(0).padStart(19),
    median(burstUs).toFixed(1).padStart(18),
    median(pacedUs).toFixed(1).padStart(19),
  ];
  return `| ${cells.join(" | ")} |`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
