import type { Metric, MetricSet, MetricUnit } from "./metrics.ts";

/** The values of one metric under one set of dimensions, each with how often it came. */
export interface MetricSeries {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly counts: ReadonlyMap<number, number>;
}

/** Gathers metrics until they are sent. */
export interface MetricBuffer {
  add(set: MetricSet): void;
  /** Empties the buffer. */
  take(): readonly MetricSeries[];
  /** Values that found no room since the last `take`. */
  readonly lost: number;
}

type OpenSeries = MetricSeries & { readonly counts: Map<number, number> };

/** Values count by how often they came and not one by one, so a buffer holds at most `mostValues` different ones. */
export function createMetricBuffer(mostValues = 50_000): MetricBuffer {
  let series = new Map<string, OpenSeries>();
  let held = 0;
  let lost = 0;

  const addTo = ({ name, unit, value }: Metric, dimensions: MetricSeries["dimensions"]) => {
    const key = JSON.stringify([name, dimensions]);
    const open: OpenSeries = series.get(key) ?? { name, unit, dimensions, counts: new Map() };
    const before = open.counts.get(value);
    if (before === undefined && held >= mostValues) {
      lost += 1;
      return;
    }
    if (before === undefined) held += 1;
    open.counts.set(value, (before ?? 0) + 1);
    series.set(key, open);
  };
  return {
    add({ metrics, dimensions, isTotal }) {
      for (const metric of metrics) {
        addTo(metric, dimensions);
        if (isTotal) addTo(metric, {});
      }
    },
    take() {
      const taken = [...series.values()];
      series = new Map();
      held = 0;
      lost = 0;
      return taken;
    },
    get lost() {
      return lost;
    },
  };
}
