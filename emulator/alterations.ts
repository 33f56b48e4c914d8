import type { Completion, TokenCounts } from "./completion.ts";
import type { FaultKind } from "./fault-rule.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** How many tokens more invocation metrics tell than the body when they are made to differ. */
const differenceTokens = 10;

/** Changes what the answer says about itself, when one of the faults is about that. */
export function alterCompletion(completion: Completion, kinds: readonly FaultKind[]): Completion {
  const isTold = (kind: FaultKind) => kinds.includes(kind);
  const noMetrics = isTold("missing-metrics") || isTold("missing-metrics-and-usage");
  const noUsage = isTold("missing-usage") || isTold("missing-metrics-and-usage");
  const metrics = isTold("metrics-differ") ? differ(completion.metrics) : completion.metrics;
  return {
    ...completion,
    metrics: noMetrics ? undefined : metrics,
    usage: noUsage ? undefined : completion.usage,
    stopReason: isTold("unknown-stop-reason") ? "emulator_surprise" : completion.stopReason,
  };
}

/** Puts a member nobody knows into every object of an answer, when one of the faults is about that. */
export function alterJson(json: JsonObject, kinds: readonly FaultKind[]): JsonObject {
  return kinds.includes("unknown-fields") ? addUnknownField(json) : json;
}

function addUnknownField(object: JsonObject): JsonObject {
  const members = Object.entries(object).map(([name, value]) => [name, addToValue(value)]);
  return { ...Object.fromEntries(members), emulator_unknown_field: { surprise: true } };
}

function addToValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addToValue);
  return isJsonObject(value) ? addUnknownField(value) : value;
}

function differ(counts: TokenCounts | undefined): TokenCounts | undefined {
  return (
    counts && {
      ...counts,
      inputTokens: counts.inputTokens + differenceTokens,
      outputTokens: counts.outputTokens + differenceTokens,
    }
  );
}
