import { hash } from "node:crypto";
import type { AuditProblem, VerifyAuditLogResponse } from "../sdk/node.ts";
import { table } from "./table.ts";

/** Problems that are shown to people; programs get a thousand. */
const mostShown = 50;

/** What a gateway found in its log, in words. */
export function auditVerifySheet(report: VerifyAuditLogResponse): string {
  const { whole, problems, problemCount, signers } = report;
  const shown = problems.slice(0, mostShown).map(problemLines);
  const more = Number(problemCount) - shown.length;
  const keys = signers.map(
    ({ keyId, publicKey }) => `  ${keyId}, public key SHA-256 ${hash("sha256", publicKey)}\n`,
  );
  return [
    whole
      ? "The audit log is whole.\n"
      : `The audit log is not as it was written: ${problemCount} problems.\n`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more; --json tells the first thousand\n`] : []),
    `\n${counted(report)}`,
    ...(keys.length > 0 ? ["\nSigned with\n", ...keys] : []),
    "\nThat is the gateway's word. axonflow audit verify, without --gateway, looks at the store itself.\n",
  ].join("");
}

function counted(report: VerifyAuditLogResponse): string {
  const rows: readonly (readonly [string, bigint])[] = [
    ["chains", report.chains],
    ["segments", report.segments],
    ["pruned segments", report.prunedSegments],
    ["records", report.records],
    ["records not signed yet", report.unsignedRecords],
    ["heads", report.heads],
    ["checkpoints", report.checkpoints],
    ["calls without an outcome", report.unfinishedCalls],
  ];
  return table(
    rows.map(([name, count]) => [`  ${name}`, count.toLocaleString("en-US")]),
    [1],
  );
}

function problemLines({
  kind,
  message,
  chain,
  segment,
  sequence,
  head,
  key,
}: AuditProblem): string {
  const place = [
    ...(chain === "" ? [] : [`chain ${chain}`]),
    ...(segment === undefined ? [] : [`segment ${segment}`]),
    ...(sequence === undefined ? [] : [`record ${sequence}`]),
    ...(head === undefined ? [] : [`head ${head}`]),
    ...(key === undefined ? [] : [`key ${key}`]),
  ];
  return `  ${kind.padEnd(10)}${place.join(", ")}\n            ${message}\n`;
}
