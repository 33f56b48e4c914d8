import type { Outcome } from "../outcome.ts";
import type { DropReason, ShadowResult } from "../result.ts";
import { type PartName, partNames } from "../similarity/similarity.ts";

/** Where CloudWatch keeps them; the setup guide's own query asks for this namespace and for `SimilarityScore`. */
export const metricNamespace = "AxonFlow/LLMShadowMode";

/** Units of CloudWatch's that are used here. */
export type MetricUnit = "None" | "Count" | "Milliseconds";

/** One number about one call. */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
}

/** The numbers about one call, and what they are told apart by. */
export interface MetricSet {
  readonly metrics: readonly Metric[];
  readonly dimensions: Readonly<Record<string, string>>;
  /** Whether they also count without any dimensions, where the guide's query looks. */
  readonly isTotal: boolean;
}

const partMetrics: Readonly<Record<PartName, string>> = {
  ngrams: "NGramSimilarity",
  rougeL: "RougeL",
  lengthRatio: "LengthRatio",
  numbers: "NumberAgreement",
  negation: "NegationAgreement",
  refusal: "RefusalAgreement",
  json: "JsonAgreement",
};

/**
 * What one result adds. Differences are the shadow's number less the primary's. The primary compared with itself has
 * both dimensions of one name and is in no total.
 */
export function metricsOf(result: ShadowResult): MetricSet {
  const { primaryProvider, shadowProvider, isSelf } = result;
  return {
    metrics: [...outcomeMetrics(result), ...differenceMetrics(result), ...scoreMetrics(result)],
    dimensions: { PrimaryProvider: primaryProvider, ShadowProvider: shadowProvider },
    isTotal: !isSelf,
  };
}

/** What a sampled call without a result adds. */
export function metricsOfDrop(reason: DropReason): MetricSet {
  return {
    metrics: [count("ShadowDropped", true)],
    dimensions: { Reason: reason },
    isTotal: true,
  };
}

/** 1 or 0, so that sums are counts and averages are rates. */
function count(name: string, isSo: boolean): Metric {
  return { name, unit: "Count", value: isSo ? 1 : 0 };
}

function outcomeMetrics({ primary, shadow }: ShadowResult): Metric[] {
  const isFine = ({ kind }: Outcome) => kind === "answered";
  return [
    count("ShadowRequests", true),
    count("BothSucceeded", isFine(primary) && isFine(shadow)),
    count("BothFailed", !isFine(primary) && !isFine(shadow)),
    count("OnlyPrimaryFailed", !isFine(primary) && isFine(shadow)),
    count("OnlyShadowFailed", isFine(primary) && !isFine(shadow)),
  ];
}

function differenceMetrics({ primary, shadow }: ShadowResult): Metric[] {
  if (primary.kind !== "answered" || shadow.kind !== "answered") return [];
  const { answer: a } = primary;
  const { answer: b } = shadow;
  const tokens = b.inputTokens + b.outputTokens - a.inputTokens - a.outputTokens;
  const found: Metric[] = [
    { name: "LatencyDiff", unit: "Milliseconds", value: Math.round(b.latencyMs - a.latencyMs) },
    { name: "TokenCountDiff", unit: "Count", value: tokens },
  ];
  if (a.costNanoUsd !== undefined && b.costNanoUsd !== undefined) {
    const usd = Number(b.costNanoUsd - a.costNanoUsd) / 1e9;
    found.push({ name: "CostDiff", unit: "None", value: Number(usd.toPrecision(6)) });
  }
  return found;
}

/** Three decimals: a metric then has at most 1,001 different values, however many calls there are. */
function scoreMetrics({ similarity }: ShadowResult): Metric[] {
  if (!similarity) return [];
  const share = (name: string, value: number): Metric => ({
    name,
    unit: "None",
    value: Math.round(value * 1000) / 1000,
  });
  return [
    share("SimilarityScore", similarity.score),
    ...partNames.map((part) => share(partMetrics[part], similarity.parts[part])),
    count("CriticalMismatch", similarity.criticals.length > 0),
  ];
}
