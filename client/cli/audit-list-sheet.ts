import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type AuditEntry, AuditEntryKind } from "../sdk/node.ts";
import { decisionWord, kindWord } from "./audit-options.ts";
import { table } from "./table.ts";
import { usd } from "./usd.ts";

/** Entries as a table that an auditor can read from left to right: when, who, from where, what, and what became of it. */
export function auditListSheet(entries: readonly AuditEntry[]): string {
  if (entries.length === 0) return "Nothing on record matches.\n";
  return table([heads, ...entries.map(cells)], [6, 7, 8]);
}

const heads = [
  "TIME (UTC)",
  "WHO",
  "FROM",
  "WHAT",
  "DECISION",
  "MODEL",
  "TOKENS",
  "COST",
  "TOOK",
  "ENTRY",
];

function cells(entry: AuditEntry): string[] {
  const { usage, costNanoUsd, latencyMs, sourceAddress, model, askedModel } = entry;
  return [
    timeOf(entry),
    who(entry),
    sourceAddress || "-",
    what(entry),
    decided(entry),
    model || askedModel || "-",
    usage ? `${usage.inputTokens}/${usage.outputTokens}` : "-",
    costNanoUsd === undefined ? "-" : `$${usd(costNanoUsd)}`,
    latencyMs === undefined ? "-" : `${latencyMs} ms`,
    placeOf(entry),
  ].map(printable);
}

/** To the millisecond, without what is the same for all. */
export function timeOf({ time }: AuditEntry): string {
  return time ? new Date(timestampMs(time)).toISOString().replace("T", " ").replace("Z", "") : "-";
}

/** A call is looked at by its request, and what is no call by its place. */
function placeOf(entry: AuditEntry): string {
  const { requestId } = entry;
  return requestId === "" ? positionText(entry) : requestId;
}

/** `chain/sequence`, as `axonflow audit show` takes it. */
export function positionText({ position }: AuditEntry): string {
  return position ? `${position.chain}/${position.sequence}` : "-";
}

function who({ principal, tenant }: AuditEntry): string {
  if (principal === "") return tenant || "-";
  return tenant === "" ? principal : `${principal} (${tenant})`;
}

function what({ kind, rpc, action }: AuditEntry): string {
  switch (kind) {
    case AuditEntryKind.OUTCOME:
      return rpc || "call";
    case AuditEntryKind.INTENT:
      return `${rpc || "call"}, about to be made`;
    case AuditEntryKind.COPY_OUTCOME:
      return "copy to shadow";
    case AuditEntryKind.COPY_INTENT:
      return "copy to shadow, about to be made";
    default:
      return action || kindWord(kind);
  }
}

function decided(entry: AuditEntry): string {
  const { decision, policy, reason, unreadable } = entry;
  if (unreadable !== "") return "cannot be read";
  const why = [reason, policy].filter((part) => part !== "").join(" by ");
  const word = decisionWord(decision);
  return [word || "-", ...(why === "" ? [] : [why])].join(": ");
}

/** What callers chose may not break a line, or move a terminal's cursor. */
function printable(cell: string): string {
  return cell.replace(/\p{Cc}/gu, "\u{fffd}");
}
