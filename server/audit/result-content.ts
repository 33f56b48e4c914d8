import { Code } from "@connectrpc/connect";
import {
  type Completed,
  FinishReason,
  type Hop,
  HopOutcome,
  HopReason,
  RedactionAction,
  type Usage,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Cost } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import { enumWords } from "../core/enum-words.ts";
import { type GatewayError, reasonName } from "../core/error.ts";
import type { Reply } from "../core/reply.ts";
import { totalOfHops } from "../core/total-of-hops.ts";
import { type RedactionContent, redactionContents } from "./call-content.ts";

/** `redact` is an answer that policies changed, or that was given to a question that they changed. */
export type Decision = "allow" | "redact" | "deny" | "error";

/** How a call ended, in the words of an entry. Members that are not set are left out. */
export interface ResultContent {
  readonly decision: Decision;
  /** The gRPC code, for example `unavailable`; left out for an answer. */
  readonly code?: string | undefined;
  /** The contract's reason, for example `BUDGET_EXCEEDED`. */
  readonly reason?: string | undefined;
  /** The policy or budget that denied it. */
  readonly policy?: string | undefined;
  /** Who really served it. */
  readonly provider?: string | undefined;
  readonly region?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReason?: string | undefined;
  readonly usage?: UsageContent | undefined;
  /** A whole number in a text, because JSON's numbers are not exact. */
  readonly costNanoUsd?: string | undefined;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs?: number | undefined;
  readonly hops?: readonly HopContent[] | undefined;
  /** Personal data that was found on either way. */
  readonly redactions?: readonly RedactionContent[] | undefined;
  /** The id of the call whose answer this one repeats: its tokens and costs are that call's. */
  readonly replayOf?: string | undefined;
}

/** Tokens; those that are zero are left out. */
export interface UsageContent {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadInputTokens?: number | undefined;
  readonly cacheWriteInputTokens?: number | undefined;
  readonly cacheWrite1hInputTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
  readonly isEstimated?: true | undefined;
}

/** One attempt. */
export interface HopContent {
  readonly provider: string;
  readonly region: string;
  readonly model: string;
  readonly reason: string;
  readonly outcome: string;
  readonly errorReason?: string | undefined;
  readonly startMs: number;
  readonly latencyMs: number;
  readonly timeToFirstTokenMs?: number | undefined;
  readonly usage?: UsageContent | undefined;
  readonly costNanoUsd?: string | undefined;
  /** The provider's id of the request, by which its own logs have it. */
  readonly providerRequestId?: string | undefined;
}

const finishReasons = enumWords<FinishReason>(FinishReason);
const hopOutcomes = enumWords<HopOutcome>(HopOutcome);
const hopReasons = enumWords<HopReason>(HopReason);

/** Times in milliseconds. */
export interface Times {
  readonly latencyMs: number;
  readonly timeToFirstTokenMs?: number | undefined;
}

/** Of a call that was answered. */
export function answerContent(completed: Completed, reply: Reply, times: Times): ResultContent {
  const { endpoint, replayOf } = reply;
  const hops = [...reply.hops, ...completed.hops];
  const { usage, cost } = replayOf ? {} : totalOfHops(completed, hops);
  const isChanged = completed.redactions.some(({ action }) => action !== RedactionAction.ALLOWED);
  return {
    decision: isChanged ? "redact" : "allow",
    provider: completed.provider || endpoint.provider,
    region: completed.region || endpoint.region,
    model: completed.model || endpoint.model,
    finishReason: finishReasons.wordOf(completed.finishReason),
    ...spent(usage, cost),
    ...times,
    hops: hopContents(hops),
    redactions: redactionContents(completed.redactions),
    replayOf,
  };
}

/** Of a call that was not, or not to its end. */
export function failureContent(error: GatewayError, times: Times): ResultContent {
  const { code, reason, metadata, hops, usage } = error;
  const { policy = metadata.budget } = metadata;
  return {
    decision: denials.has(reason) ? "deny" : "error",
    code: codeWord(code),
    reason: reasonName(reason),
    policy,
    ...spent(usage),
    ...times,
    hops: hopContents(hops),
  };
}

/** What the gateway's own rules say no to. */
const denials: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.BLOCKED_BY_POLICY,
  ErrorReason.BUDGET_EXCEEDED,
  ErrorReason.RATE_LIMITED,
  ErrorReason.MODEL_NOT_PRICED,
  ErrorReason.PERMISSION_DENIED,
]);

const codes = new Map(Object.entries(Code).map(([name, code]) => [code, name]));

function codeWord(code: Code): string {
  const name = codes.get(code) ?? "Unknown";
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

function spent(
  usage: Usage | undefined,
  cost?: Cost,
): Pick<ResultContent, "usage" | "costNanoUsd"> {
  return { usage: usage && usageContent(usage), costNanoUsd: cost && String(cost.nanoUsd) };
}

function usageContent(usage: Usage): UsageContent {
  return {
    inputTokens: usage.inputTokens || undefined,
    outputTokens: usage.outputTokens || undefined,
    cacheReadInputTokens: usage.cacheReadInputTokens || undefined,
    cacheWriteInputTokens: usage.cacheWriteInputTokens || undefined,
    cacheWrite1hInputTokens: usage.cacheWrite1hInputTokens || undefined,
    reasoningTokens: usage.reasoningTokens || undefined,
    isEstimated: usage.source === UsageSource.ESTIMATED || undefined,
  };
}

function hopContents(hops: readonly Hop[]): readonly HopContent[] | undefined {
  if (hops.length === 0) return undefined;
  return hops.map((hop) => ({
    provider: hop.provider,
    region: hop.region,
    model: hop.model,
    reason: hopReasons.wordOf(hop.reason),
    outcome: hopOutcomes.wordOf(hop.outcome),
    errorReason: hop.errorReason || undefined,
    startMs: Number(hop.startMs),
    latencyMs: Number(hop.latencyMs),
    timeToFirstTokenMs:
      hop.timeToFirstTokenMs === undefined ? undefined : Number(hop.timeToFirstTokenMs),
    ...spent(hop.usage, hop.cost),
    providerRequestId: hop.providerRequestId || undefined,
  }));
}
