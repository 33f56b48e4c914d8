import { create } from "@bufbuild/protobuf";
import {
  CompletedSchema,
  Direction,
  FinishReason,
  type Redaction,
  RedactionAction,
  type Usage,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { AuditEntry } from "../sdk/node.ts";
import { positionText, timeOf } from "./audit-list-sheet.ts";
import { decisionWord, kindWord } from "./audit-options.ts";
import { otherWords } from "./audit-other-words.ts";
import { traceTree } from "./trace-tree.ts";
import { usd } from "./usd.ts";

type Row = readonly [name: string, value: string];

/** All that an entry says, a line for each of its fields; what is not set is left out. */
export function auditEntrySheet(entry: AuditEntry): string {
  const rows = [
    ...aboutRecord(entry),
    ...aboutCall(entry),
    ...aboutResult(entry),
    ...otherWords(entry),
  ];
  const set = rows.filter(([, value]) => value !== "");
  const width = Math.max(...set.map(([name]) => name.length));
  const lines = set.map(([name, value]) => `  ${name.padEnd(width)}  ${printable(value, width)}\n`);
  return `${kindWord(entry.kind)}\n${lines.join("")}${tree(entry)}`;
}

function aboutRecord(entry: AuditEntry): Row[] {
  return [
    ["time", `${timeOf(entry)} UTC`],
    ["entry", positionText(entry)],
    ["request", entry.requestId],
    ["cannot be read", entry.unreadable],
    ["action", entry.action],
    ["principal", entry.principal],
    ["tenant", entry.tenant],
    ["key id", entry.keyId],
    ["source", entry.sourceAddress],
    ["certificate", entry.clientCertificate],
  ];
}

function aboutCall(entry: AuditEntry): Row[] {
  const tags = Object.entries(entry.tags).map(([name, value]) => `${name}=${value}`);
  return [
    ["rpc", [entry.rpc, entry.protocol].filter((part) => part !== "").join(" by ")],
    ["trace", entry.traceId],
    ["asked model", entry.askedModel],
    ["asked provider", entry.askedProvider],
    ["user", entry.user],
    ["tags", tags.join(", ")],
    ["configuration", entry.configuration],
  ];
}

function aboutResult(entry: AuditEntry): Row[] {
  const { costNanoUsd, latencyMs, timeToFirstTokenMs, finishReason } = entry;
  return [
    ["decision", decisionWord(entry.decision)],
    ["reason", [entry.reason, entry.code].filter((part) => part !== "").join(", ")],
    ["policy", entry.policy],
    ["provider", entry.provider],
    ["region", entry.region],
    ["model", entry.model],
    ["finish", finishReason === FinishReason.UNSPECIFIED ? "" : nameOf(FinishReason, finishReason)],
    ["tokens", entry.usage ? tokens(entry.usage) : ""],
    ["cost", costNanoUsd === undefined ? "" : `$${usd(costNanoUsd)}`],
    ["latency", latencyMs === undefined ? "" : `${latencyMs} ms`],
    ["first token", timeToFirstTokenMs === undefined ? "" : `${timeToFirstTokenMs} ms`],
    ["personal data", entry.redactions.map(redaction).join(", ")],
    ["replay of", entry.replayOf],
    ["prompt HMAC", entry.promptHmac],
    ["answer HMAC", entry.answerHmac],
    ["HMAC key", entry.hmacKeyId],
  ];
}

function tokens(usage: Usage): string {
  const counts: readonly (readonly [number, string])[] = [
    [usage.inputTokens, "in"],
    [usage.outputTokens, "out"],
    [usage.cacheReadInputTokens, "read from cache"],
    [usage.cacheWriteInputTokens, "written to cache"],
    [usage.cacheWrite1hInputTokens, "of them for an hour"],
    [usage.reasoningTokens, "reasoning"],
  ];
  const told = counts.filter(([count], index) => count > 0 || index < 2);
  const estimated = usage.source === UsageSource.ESTIMATED ? " (estimated)" : "";
  return told.map(([count, what]) => `${count} ${what}`).join(", ") + estimated;
}

function redaction({ entity, direction, action, count }: Redaction): string {
  return `${count} ${entity} in the ${nameOf(Direction, direction)} ${nameOf(RedactionAction, action)}`;
}

/** The attempts as `axonflow complete --trace` shows them. */
function tree({ hops, usage, costNanoUsd, latencyMs = 0n, replayOf }: AuditEntry): string {
  if (hops.length === 0) return "";
  const completed = create(CompletedSchema, {
    hops,
    latencyMs,
    replayOf,
    ...(usage && { usage }),
    ...(costNanoUsd !== undefined && { cost: { nanoUsd: costNanoUsd } }),
  });
  return traceTree(completed).replace(/^/gm, "  ").concat("\n");
}

/** The value's word in lower case; its number where a later version of the contract has given it a name. */
function nameOf(values: Readonly<Record<string, number>>, value: number): string {
  const [name = String(value)] = Object.entries(values).find(([, each]) => each === value) ?? [];
  return name.toLowerCase().replaceAll("_", " ");
}

/** What callers chose may not begin a line that looks like ours, or move a terminal's cursor. */
function printable(value: string, width: number): string {
  return value.replace(/[^\P{Cc}\n]/gu, "\u{fffd}").replaceAll("\n", `\n${" ".repeat(width + 4)}`);
}
