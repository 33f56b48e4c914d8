import type { Command } from "commander";
import { ShadowReportSchema } from "../../gen/axonflow/gateway/v1/shadow_pb.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connection.ts";
import { exitCodesHelp } from "./exit-codes.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { shadowSheet } from "./shadow-sheet.ts";
import { type Session, withGateway } from "./with-gateway.ts";

interface ReportOptions extends ConnectionOptions {
  readonly json?: boolean;
}

const notes = `
Examples:
  $ axonflow shadow report
  $ axonflow shadow report --json | jq .recommendation

The report is of one instance of the gateway, since it started. docs/shadow.md defines every figure.`;

/** Adds `axonflow shadow report`: what moving calls to the shadow provider would cost and change. */
export function addShadowReportCommand(shadow: Command): void {
  const command = shadow
    .command("report")
    .summary("say what moving calls to the shadow would cost and change")
    .description("Sums up shadow mode's comparisons and says what follows from them.")
    .option("--timeout-ms <ms>", "give up after so long", wholeNumber(1, 99_999_999))
    .option("--json", "print one JSON object");
  addConnectionOptions(command)
    .addHelpText("after", notes + exitCodesHelp)
    .action((options: ReportOptions) =>
      withGateway(options, (session) => printReport(session, options)),
    );
}

async function printReport(
  { client, output, signal }: Session,
  { timeoutMs, ...options }: ReportOptions,
): Promise<void> {
  const report = await client.getShadowReport({ signal, timeoutMs });
  if (options.json) return output.write(json(ShadowReportSchema, report));
  await output.write(shadowSheet(report));
}
