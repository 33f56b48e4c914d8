import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, Option } from "commander";
import { QueryUsageResponseSchema } from "../../gen/axonflow/gateway/v1/usage_pb.ts";
import { UsageDimension, type UsageRequest } from "../sdk/node.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { type Grouping, readGroupings, readMoment, readTag } from "./usage-options.ts";
import { usageSheet } from "./usage-sheet.ts";
import { stepOf } from "./usage-sparkline.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface UsageOptions extends ConnectionOptions {
  readonly by: readonly Grouping[];
  readonly since: number;
  readonly until: number;
  readonly key?: string;
  readonly tenant?: string;
  readonly provider?: string;
  readonly model?: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly timeoutMs?: number;
  readonly json?: boolean;
}

const notes = `
Examples:
  $ axonflow usage
  $ axonflow usage --since 7d --by day,model
  $ axonflow usage --by tag:team --model us.anthropic.claude-sonnet-4-5-20250929-v1:0
  $ axonflow usage --since 2026-11-01 --json | jq .total

A licence key that the gateway's AXONFLOW_ADMIN_KEYS does not name sees its own calls only. docs/budgets.md says what is
counted, and when.`;

/** Adds `axonflow usage`: what calls took and cost. */
export function addUsageCommand(program: Command): void {
  const nowMs = Date.now();
  const moment = readMoment(nowMs);
  const command = program
    .command("usage")
    .summary("show what calls took and cost")
    .description("Adds up the tokens and the cost of calls by key, model, tag, time and more.")
    .addOption(
      new Option(
        "--by <names>",
        "key, tenant, provider, region, model, kind, hour, day, tag:<name>; commas between them",
      )
        .argParser(readGroupings)
        .default(readGroupings("model"), "model"),
    )
    .addOption(
      new Option("--since <when>", "an age such as 24h or 7d, or a date")
        .argParser(moment)
        .default(moment("24h"), "24h"),
    )
    .addOption(new Option("--until <when>", "the same").argParser(moment).default(nowMs, "now"))
    .option("--key <name>", "the calls of this licence key only")
    .option("--tenant <name>", "the calls of this tenant's keys only")
    .option("--provider <name>", "the calls that this provider served only")
    .option("--model <id>", "the calls of this model only, as its provider names it")
    .option("--tag <name=value>", "the calls with this tag only; may be given again", readTag)
    .option("--limit <rows>", "at most so many rows", wholeNumber(1, 1000), 100)
    .option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", notes + exitCodesHelp)
    .action((options: UsageOptions) =>
      withGateway(options, (session) => printUsage(session, options)),
    );
}

async function printUsage(
  { client, output, signal }: Session,
  { timeoutMs, ...options }: UsageOptions,
): Promise<void> {
  const { since: fromMs, until: toMs, by, limit } = options;
  const asked: UsageRequest = {
    from: timestampFromMs(fromMs),
    to: timestampFromMs(toMs),
    filter: {
      key: options.key ?? "",
      tenant: options.tenant ?? "",
      provider: options.provider ?? "",
      model: options.model ?? "",
      tags: { ...options.tag },
    },
  };
  const call = { signal, timeoutMs };
  const groupBy = by.map(({ grouping }) => grouping);
  const answer = await client.usage.query({ ...asked, groupBy, limit }, call);
  if (options.json) return output.write(json(QueryUsageResponseSchema, answer));
  const step = stepOf(fromMs, toMs).name === "hour" ? UsageDimension.HOUR : UsageDimension.DAY;
  const grouped = [{ by: { case: "dimension", value: step } }] as const;
  const { rows } = await client.usage.query({ ...asked, groupBy: [...grouped], limit: 1000 }, call);
  await output.write(
    usageSheet(
      answer,
      rows,
      by.map(({ heading }) => heading),
    ),
  );
}
