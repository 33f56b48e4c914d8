import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, Option } from "commander";
import { ListAuditEntriesResponseSchema } from "../../gen/axonflow/gateway/v1/audit_pb.ts";
import type { AuditDecision, AuditEntry, AuditEntryKind, EntryFilter } from "../sdk/node.ts";
import { auditListSheet } from "./audit-list-sheet.ts";
import {
  type AuditOptions,
  type AuditRange,
  addAuditOptions,
  checkRange,
  readAuditMoment,
  readDecision,
  readKind,
} from "./audit-options.ts";
import { json } from "./json.ts";
import { wholeNumber } from "./option-values.ts";
import { withGateway } from "./with-gateway.ts";

interface ListOptions extends AuditOptions, AuditRange {
  readonly kind?: readonly AuditEntryKind[];
  readonly decision?: readonly AuditDecision[];
  readonly request?: string;
  readonly principal?: string;
  readonly tenant?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly region?: string;
  readonly reason?: string;
  readonly policy?: string;
  readonly source?: string;
  readonly limit: number;
}

const notes = `
Examples:
  $ axonflow audit list
  $ axonflow audit list --since 7d --decision deny --decision error
  $ axonflow audit list --principal billing --since 2026-11-01 --until 2026-12-01 --limit 5000 --json
  $ axonflow audit list --kind change --since 30d
  $ axonflow audit list --request 019ab1c2-7c1e-7a55-8a2f-0d5c1b7e9f10

Values are matched exactly. A request is found whenever it was. --limit counts entries that match; what entries say is
encrypted, so a gateway has to open those that do not match, too.`;

/** Adds `axonflow audit list`. */
export function addAuditListCommand(audit: Command): void {
  const moment = readAuditMoment(Date.now());
  const command = audit
    .command("list")
    .summary("list calls, changes and readings")
    .description("Lists what is on record, the newest first.")
    .addOption(
      new Option(
        "--since <when>",
        "an age such as 24h or 7d, a date or a time of UTC (default: 24h)",
      ).argParser(moment),
    )
    .addOption(new Option("--until <when>", "the same (default: now)").argParser(moment))
    .option("--principal <name>", "of the licence key, or of the client certificate")
    .option("--tenant <name>", "whose data it is")
    .option("--model <id>", "as it was asked for, or as its provider names it")
    .option("--provider <name>", "that served")
    .option("--region <name>", "that served")
    .option("--source <address>", "the caller's")
    .option("--decision <word>", "allow, redact, deny or error; may be given again", readDecision)
    .option("--reason <reason>", "of an error, for example BLOCKED_BY_POLICY")
    .option("--policy <name>", "or budget, that denied it")
    .option("--request <id>", "all entries about one request")
    .option(
      "--kind <word>",
      "outcome, copy-outcome, change, read, prune (all of these by default), archive, start, key, checkpoint, intent, copy-intent, or all; may be given again",
      readKind,
    )
    .option("--limit <entries>", "at most so many", wholeNumber(1, 100_000), 100)
    .option("--json", "print one JSON object");
  addAuditOptions(command.addHelpText("after", notes)).action((options: ListOptions) =>
    withGateway(options, async ({ client, output, signal }) => {
      checkRange(options);
      const { limit, timeoutMs } = options;
      const entries: AuditEntry[] = [];
      for await (const entry of client.audit.list(filterOf(options), { signal, timeoutMs })) {
        if (entries.push(entry) === limit) break;
      }
      const text = options.json
        ? json(ListAuditEntriesResponseSchema, create(ListAuditEntriesResponseSchema, { entries }))
        : auditListSheet(entries);
      await output.write(text);
      if (entries.length === limit)
        output.note(`There may be more: --limit allows more than ${limit}.`);
    }),
  );
}

/** A whole page at once where many are wanted. */
const largestPage = 1000;

function filterOf({ since, until, limit, ...asked }: ListOptions): EntryFilter {
  return {
    ...(since !== undefined && { from: timestampFromMs(since) }),
    ...(until !== undefined && { to: timestampFromMs(until) }),
    kinds: [...(asked.kind ?? [])],
    decisions: [...(asked.decision ?? [])],
    requestId: asked.request ?? "",
    principal: asked.principal ?? "",
    tenant: asked.tenant ?? "",
    model: asked.model ?? "",
    provider: asked.provider ?? "",
    region: asked.region ?? "",
    reason: asked.reason ?? "",
    policy: asked.policy ?? "",
    sourceAddress: asked.source ?? "",
    pageSize: Math.min(limit, largestPage),
  };
}
