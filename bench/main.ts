import { parseArgs } from "node:util";
import { installPeers } from "./peers/install-peers.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { machineLine, table, verdictLine } from "./report.ts";
import { run } from "./run.ts";
import { openStage } from "./stage.ts";
import { ownSubjects, peerSubjects } from "./subjects.ts";
import { judge } from "./targets.ts";

const help = `What the gateway costs, beside a floor and a peer, measured in one run.

Usage: npm run bench -- [--quick] [--json] [--no-peer]

  --quick   less than a minute; reports the targets without judging by them
  --no-peer without the peer gateway, which is otherwise installed from npm under bench/ once
  --json    the figures as JSON instead of the table
  --help    this text

Exit status: 0, or 1 when the full run misses a target or an answer was wrong, or 2 for an unknown flag.
`;

/** A run that takes longer than this hangs; when this process goes, all that it started go too. */
const limitMs = 900_000;
setTimeout(() => process.exit(1), limitMs).unref();

process.exitCode = await main();

async function main(): Promise<number> {
  const flags = readFlags();
  if (!flags || flags.help) {
    process.stdout.write(help);
    return flags ? 0 : 2;
  }
  const plan = flags.quick ? quickPlan : fullPlan;
  const progress = (words: string) => void process.stderr.write(`${words}\n`);
  const missing = flags["no-peer"] ? "--no-peer" : installPeers(progress);
  if (missing) progress(`The peer is not measured: ${missing}`);
  const stage = await openStage();
  try {
    const subjects = missing ? ownSubjects : [...ownSubjects, ...peerSubjects];
    const figures = await run(stage, subjects, plan, progress);
    const verdicts = judge(figures);
    const machine = machineLine();
    if (flags.json) print(JSON.stringify({ machine, plan, figures, verdicts }, undefined, 2));
    else print(`\n${table(figures, plan)}\n\n${verdicts.map(verdictLine).join("\n")}\n${machine}`);
    return flags.quick || verdicts.every(({ met }) => met) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`The run is void: ${error instanceof Error ? error.message : error}\n`);
    return 1;
  } finally {
    await stage.close();
  }
}

function readFlags() {
  try {
    const flag = { type: "boolean", default: false } as const;
    return parseArgs({ options: { quick: flag, json: flag, help: flag, "no-peer": flag } }).values;
  } catch {
    return undefined;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
