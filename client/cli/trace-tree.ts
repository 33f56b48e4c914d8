import {
  type Completed,
  type CompleteResponse,
  type Hop,
  HopOutcome,
  HopReason,
  type Usage,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { GatewayCallError } from "../sdk/node.ts";
import { table } from "./table.ts";
import { traceBar } from "./trace-bar.ts";
import { usd } from "./usd.ts";

/**
 * What happened to a call, attempt by attempt, as a small tree: when each began, how long it waited for its first token
 * and wrote after it, what it used, and why it failed.
 */
export function traceTree(answer: CompleteResponse | Completed): string {
  const { latencyMs, hops, usage, replayOf } = answer;
  const totalMs = Math.max(Number(latencyMs), ...hops.map(endOf), 1);
  const [model, ...others] = new Set(hops.map((hop) => hop.model));
  const isOne = others.length === 0;
  const facts = [
    duration(Number(latencyMs)),
    ...tokens(usage),
    ...(answer.cost ? [`$${usd(answer.cost.nanoUsd)}`] : []),
    ...(replayOf ? [`the answer of call ${replayOf}`] : []),
  ];
  const rows = hops.map((hop, index) => [
    `${branch(index, hops.length)} ${marks.get(hop.outcome) ?? "?"}`,
    reasonWord(hop),
    `${hop.provider} ${hop.region}`,
    duration(Number(hop.latencyMs)),
    traceBar(hop, totalMs),
    hopFacts(hop, isOne).join(" · "),
  ]);
  const under = isOne && model ? `   ${model}\n` : "";
  return `completion ${facts.join(" · ")}\n${table(rows, [3])}${under}`.trimEnd();
}

/** The same for a call that failed, as far as its error tells: which endpoints were asked, and why each failed. */
export function failedTraceTree({ reason, code, metadata }: GatewayCallError): string {
  const hops = Object.entries(metadata)
    .filter(([name]) => /^hop\.\d+$/.test(name))
    .map(([, text]) => /^(?<place>.*): (?<reason>\w+)$/.exec(text)?.groups);
  const rows = hops.map((hop, index) => [
    `${branch(index, hops.length)} ${hop?.reason === "SUCCEEDED" ? "✓" : "✗"}`,
    (hop?.place ?? "").replace("/", " ").replace("/", " "),
    hop?.reason ?? "",
  ]);
  const none = hops.length === 0 ? ["no attempt was made"] : [];
  return `${["completion failed", reason ?? `code ${code}`, ...none].join(" · ")}\n${table(rows)}`.trimEnd();
}

const marks = new Map<HopOutcome, string>([
  [HopOutcome.SUCCEEDED, "✓"],
  [HopOutcome.FAILED, "✗"],
  [HopOutcome.CANCELLED, "⊘"],
  [HopOutcome.SKIPPED, "–"],
]);

function branch(index: number, count: number): string {
  return index === count - 1 ? "└─" : "├─";
}

function reasonWord({ reason }: Hop): string {
  const [name = ""] = Object.entries(HopReason).find(([, value]) => value === reason) ?? [];
  return name.toLowerCase();
}

function hopFacts(hop: Hop, isOneModel: boolean): string[] {
  const { errorReason, timeToFirstTokenMs: firstMs, latencyMs, usage, cost, model } = hop;
  const streamed = firstMs !== undefined && firstMs < latencyMs;
  return [
    ...(errorReason ? [errorReason] : []),
    ...(streamed ? [`first token ${duration(Number(firstMs))}`] : []),
    ...tokens(usage),
    ...(cost ? [`$${usd(cost.nanoUsd)}`] : []),
    ...(isOneModel ? [] : [model]),
  ];
}

function tokens(usage: Usage | undefined): string[] {
  if (!usage) return [];
  const cached = usage.cacheReadInputTokens + usage.cacheWriteInputTokens;
  const read = `${usage.inputTokens} in${cached > 0 ? ` + ${cached} cached` : ""}`;
  return [`${read} / ${usage.outputTokens} out`];
}

/** Three digits that matter: `812 ms`, `1.24 s`, `75.3 s`. */
function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function endOf({ startMs, latencyMs }: Hop): number {
  return Number(startMs + latencyMs);
}
