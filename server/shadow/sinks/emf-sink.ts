import type { Clock } from "../../core/clock.ts";
import type { Outcome } from "../outcome.ts";
import type { ShadowResult, ShadowSink } from "../result.ts";
import { type MetricSet, metricNamespace, metricsOf, metricsOfDrop } from "./metrics.ts";

/** How an EMF sink is made. */
export interface EmfSinkOptions {
  readonly clock: Clock;
  /** Where lines go; what it cannot take is lost. */
  readonly write: (line: string) => void;
}

/**
 * One line of CloudWatch's Embedded Metric Format per result, for gateways whose standard output goes to CloudWatch Logs:
 * the metrics of the other sink, and beside them what a result can be looked up by. No text of any side.
 */
export function createEmfSink({ clock, write }: EmfSinkOptions): ShadowSink {
  const tell = (set: MetricSet, properties: Readonly<Record<string, string>> = {}) =>
    write(`${JSON.stringify(emfDocument(set, properties, clock.epochMs()))}\n`);
  return {
    result: (result) => tell(metricsOf(result), propertiesOf(result)),
    dropped: (reason) => tell(metricsOfDrop(reason)),
  };
}

/** AWS: CloudWatch Embedded Metric Format specification. An empty set of dimensions is the metric without any. */
function emfDocument(
  { metrics, dimensions, isTotal }: MetricSet,
  properties: Readonly<Record<string, string>>,
  epochMs: number,
) {
  const directive = {
    Namespace: metricNamespace,
    Dimensions: [Object.keys(dimensions), ...(isTotal ? [[]] : [])],
    Metrics: metrics.map(({ name: Name, unit: Unit }) => ({ Name, Unit })),
  };
  return {
    _aws: { Timestamp: Math.round(epochMs), CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
    ...properties,
  };
}

function propertiesOf({ requestId, primary, shadow, similarity }: ShadowResult) {
  const model = (outcome: Outcome) =>
    outcome.kind === "answered" ? outcome.answer.model : `failed: ${outcome.reason}`;
  return {
    RequestId: requestId,
    PrimaryModel: model(primary),
    ShadowModel: model(shadow),
    Criticals: similarity?.criticals.join(" ") ?? "",
  };
}
