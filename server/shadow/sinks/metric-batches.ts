import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { MetricSeries } from "./metric-buffer.ts";

/** Limits of one PutMetricData call (CloudWatch API reference: PutMetricData, MetricDatum). */
const mostData = 1000;
const mostValuesOfDatum = 150;

/** So many values and their counts stay well under the call's limit of 1 MB even before they are compressed. */
const mostValuesOfCall = 15_000;

/** The series as the calls that carry them; none is larger than CloudWatch takes. */
export function metricBatches(
  series: readonly MetricSeries[],
  epochMs: number,
): readonly (readonly MetricDatum[])[] {
  const batches: MetricDatum[][] = [];
  let values = 0;
  for (const datum of series.flatMap((one) => dataOf(one, new Date(epochMs)))) {
    const own = datum.Values?.length ?? 0;
    const batch = batches.at(-1);
    if (batch && batch.length < mostData && values + own <= mostValuesOfCall) {
      batch.push(datum);
      values += own;
    } else {
      batches.push([datum]);
      values = own;
    }
  }
  return batches;
}

/** Values with counts, so that CloudWatch can give percentiles; statistic sets would lose them. */
function dataOf({ name, unit, dimensions, counts }: MetricSeries, at: Date): MetricDatum[] {
  const all = [...counts];
  const data: MetricDatum[] = [];
  for (let start = 0; start < all.length; start += mostValuesOfDatum) {
    const some = all.slice(start, start + mostValuesOfDatum);
    data.push({
      MetricName: name,
      Unit: unit,
      Timestamp: at,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Values: some.map(([value]) => value),
      Counts: some.map(([, count]) => count),
    });
  }
  return data;
}
