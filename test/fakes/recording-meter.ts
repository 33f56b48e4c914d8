import type { Attributes, BatchObservableCallback, Meter, Observable } from "@opentelemetry/api";

/** One measurement. */
export interface Measured {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** A meter that writes down what is measured with it. */
export interface RecordingMeter extends Meter {
  readonly measured: readonly Measured[];
  /** The values that were measured by one name. */
  valuesOf(name: string): readonly number[];
  /** Asks everybody who observes, and gives what they say. */
  collect(): readonly Measured[];
}

/** Creates one. */
export function createRecordingMeter(): RecordingMeter {
  const measured: Measured[] = [];
  const callbacks = new Set<BatchObservableCallback>();
  const names = new WeakMap<Observable, string>();
  const take =
    (name: string) =>
    (value: number, attributes: Attributes = {}) =>
      void measured.push({ name, value, attributes });
  const counter = (name: string) => ({ add: take(name) });
  const recorder = (name: string) => ({ record: take(name) });
  const observable = (name: string) => {
    const instrument = { addCallback() {}, removeCallback() {} };
    names.set(instrument, name);
    return instrument;
  };
  return {
    measured,
    valuesOf: (wanted) => measured.filter(({ name }) => name === wanted).map(({ value }) => value),
    collect() {
      const seen: Measured[] = [];
      const observe = (instrument: Observable, value: number, attributes: Attributes = {}) =>
        void seen.push({ name: names.get(instrument) ?? "", value, attributes });
      for (const callback of callbacks) void callback({ observe });
      return seen;
    },
    createCounter: counter,
    createUpDownCounter: counter,
    createHistogram: recorder,
    createGauge: recorder,
    createObservableGauge: observable,
    createObservableCounter: observable,
    createObservableUpDownCounter: observable,
    addBatchObservableCallback: (callback) => void callbacks.add(callback),
    removeBatchObservableCallback: (callback) => void callbacks.delete(callback),
  };
}
