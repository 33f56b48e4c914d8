import type { Command } from "commander";
import { addAuditCheckProofCommand } from "./audit-check-proof.ts";
import { addAuditExportCommand } from "./audit-export.ts";
import { addAuditListCommand } from "./audit-list.ts";
import { addAuditPruneCommand } from "./audit-prune.ts";
import { addAuditShowCommand } from "./audit-show.ts";
import { addAuditVerifyCommand } from "./audit-verify.ts";
import { addProgramCommand } from "./program-command.ts";

const examples = `
Examples:
  $ axonflow audit list --since 7d --decision deny
  $ axonflow audit show 019ab1c2-… --proof --public-key gateway.pem
  $ axonflow audit verify --public-key gateway.pem
  $ axonflow audit export --out audit.jsonl && axonflow audit verify audit.jsonl`;

/** Adds `axonflow audit`: what is on record, and the proof that nobody has changed it. */
export function addAuditCommand(program: Command): void {
  const audit = program
    .command("audit")
    .summary("read, prove, verify, export and prune the audit log")
    .description(
      "What is on record of every call, change and reading. docs/audit.md explains all of it.",
    )
    .enablePositionalOptions()
    .addHelpText("after", examples);
  addAuditListCommand(audit);
  addAuditShowCommand(audit);
  addAuditCheckProofCommand(audit);
  addAuditVerifyCommand(audit);
  addAuditExportCommand(audit);
  addAuditPruneCommand(audit);
  addProgramCommand(audit, {
    name: "public-key",
    summary: "print the public key that checkpoints are signed with",
    main: "../../server/audit-public-key-main.ts",
  });
}
