import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { PruneAuditLogResponseSchema } from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import type { PruneAuditLogResponse } from "../sdk/node.ts";
import { type AuditOptions, addAuditOptions } from "./audit-options.ts";
import { json } from "./json.ts";
import { table } from "./table.ts";
import { withGateway } from "./with-gateway.ts";

interface PruneOptions extends AuditOptions {
  readonly dryRun?: boolean;
}

const whoMay = `
The licence key must be one that the gateway's AXONFLOW_ADMIN_KEYS names. A gateway does the same by itself once a day, after
AXONFLOW_AUDIT_RETENTION_DAYS. What a pruned segment said cannot be read any more, by anybody; its root is kept, so that the
chain can still be verified.`;

/** Adds `axonflow audit prune`. */
export function addAuditPruneCommand(audit: Command): void {
  const command = audit
    .command("prune")
    .summary("take out what is past its retention")
    .description("Takes out segments that are past their retention, for good.")
    .option("--dry-run", "only tell what would be taken out")
    .option("--json", "print one JSON object");
  addAuditOptions(command, whoMay).action((options: PruneOptions) =>
    withGateway(options, async ({ client, output, signal }) => {
      const { dryRun = false, timeoutMs } = options;
      const pruned = await client.audit.prune({ dryRun, signal, timeoutMs });
      const text = options.json ? json(PruneAuditLogResponseSchema, pruned) : sheet(pruned, dryRun);
      await output.write(text);
    }),
  );
}

function sheet({ segments, cutoff }: PruneAuditLogResponse, isDryRun: boolean): string {
  const until = cutoff ? `before ${dayOf(cutoff)}` : "past its retention";
  if (segments.length === 0)
    return `Nothing of the log is from ${until}: nothing ${isDryRun ? "would go" : "went"}.\n`;
  const rows = segments.map((segment) => [
    `${segment.chain}/${segment.segment}`,
    segment.records.toLocaleString("en-US"),
    segment.firstTime ? dayOf(segment.firstTime) : "-",
    segment.lastTime ? dayOf(segment.lastTime) : "-",
    segment.exportedTo || "-",
  ]);
  const count = segments.length === 1 ? "1 segment" : `${segments.length} segments`;
  const done = isDryRun ? `${count} would be taken out` : `${count} taken out`;
  const heads = ["SEGMENT", "RECORDS", "FROM", "TO", "COPIED TO"];
  return `${done}, whose records are all from ${until}.\n${table([heads, ...rows], [1])}`;
}

function dayOf(time: NonNullable<PruneAuditLogResponse["cutoff"]>): string {
  return new Date(timestampMs(time)).toISOString().slice(0, 10);
}
