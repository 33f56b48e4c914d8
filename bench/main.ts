import { parseArgs } from "node:util";
import { fullPlan, quickPlan } from "./plan.ts";
import { machineLine, table, verdictLine } from "./report.ts";
import { run } from "./run.ts";
import { openStage } from "./stage.ts";
import { judge } from "./targets.ts";

const help = `What the gateway costs, beside a floor, measured in one run.

Usage: npm run bench -- [--quick] [--json]

  --quick   about twenty seconds; reports the targets without judging by them
  --json    the figures as JSON instead of the table
  --help    this text

Exit status: 0, or 1 when the full run misses a target or an answer was wrong, or 2 for an unknown flag.
`;

/** A run that takes longer than this hangs; when this process goes, all that it started go too. */
const limitMs = 600_000;
setTimeout(() => process.exit(1), limitMs).unref();

process.exitCode = await main();

async function main(): Promise<number> {
  const flags = readFlags();
  if (!flags || flags.help) {
    process.stdout.write(help);
    return flags ? 0 : 2;
  }
  const plan = flags.quick ? quickPlan : fullPlan;
  const stage = await openStage();
  try {
    const figures = await run(stage, plan, (words) => process.stderr.write(`${words}\n`));
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
    return parseArgs({ options: { quick: flag, json: flag, help: flag } }).values;
  } catch {
    return undefined;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
