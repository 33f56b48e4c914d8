import { Command } from "commander";
import { VerifyAuditLogResponseSchema } from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import { type AuditOptions, addAuditOptions } from "./audit-options.ts";
import { auditVerifySheet } from "./audit-verify-sheet.ts";
import { exitCodes } from "./exit-codes.ts";
import { json } from "./json.ts";
import { replaceBy } from "./program-command.ts";
import { withGateway } from "./with-gateway.ts";

/**
 * Adds `axonflow audit verify`: looks at the log itself, as the program that it is replaced by then; with `--gateway` a
 * running gateway is asked to.
 */
export function addAuditVerifyCommand(audit: Command): void {
  audit
    .command("verify")
    .summary("tell whether the log is as it was written")
    .argument("[args...]")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: readonly string[]) => {
      if (!args.includes("--gateway")) return replaceBy("../../server/audit-verify-main.ts", args);
      await gatewayCommand().parseAsync(args, { from: "user" });
    });
}

function gatewayCommand(): Command {
  const command = new Command("axonflow audit verify")
    .description("Asks a running gateway to look at all of the log that it writes to.")
    .requiredOption("--gateway", "ask the gateway, not the store")
    .option("--json", "print one JSON object")
    .showHelpAfterError("Add --help for the list of options.")
    .exitOverride();
  return addAuditOptions(command.addHelpText("after", notes)).action(
    async (options: AuditOptions) => {
      let isWhole = true;
      await withGateway(options, async ({ client, output, signal }) => {
        const report = await client.audit.verify({ signal, timeoutMs: options.timeoutMs });
        const text = options.json
          ? json(VerifyAuditLogResponseSchema, report)
          : auditVerifySheet(report);
        await output.write(text);
        isWhole = report.whole;
      });
      if (!isWhole && process.exitCode === exitCodes.ok) process.exitCode = exitCodes.failure;
    },
  );
}

const notes = `
Without --gateway the store is looked at from here, and keys and anchors can be given that must hold: axonflow audit verify
--help tells more. Exit status 1 also means that something is not as it was written.`;
