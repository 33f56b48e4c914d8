import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { ShadowResult } from "../../../../server/shadow/result.ts";
import { metricBatches } from "../../../../server/shadow/sinks/metric-batches.ts";
import { createMetricBuffer } from "../../../../server/shadow/sinks/metric-buffer.ts";
import {
  type MetricSet,
  metricsOf,
  metricsOfDrop,
} from "../../../../server/shadow/sinks/metrics.ts";
import {
  answered,
  failed,
  sampleResult,
  similarityOfTexts,
} from "../../../fakes/shadow-results.ts";

const valuesOf = ({ metrics }: MetricSet) =>
  Object.fromEntries(metrics.map(({ name, value }) => [name, value]));

describe("the metrics of a result", () => {
  it("are the score, its parts, the outcome and what the shadow differs by", () => {
    assert.deepEqual(valuesOf(metricsOf(sampleResult())), {
      ShadowRequests: 1,
      BothSucceeded: 1,
      BothFailed: 0,
      OnlyPrimaryFailed: 0,
      OnlyShadowFailed: 0,
      LatencyDiff: -300,
      TokenCountDiff: 0,
      CostDiff: -0.001,
      SimilarityScore: 1,
      NGramSimilarity: 1,
      RougeL: 1,
      LengthRatio: 1,
      NumberAgreement: 1,
      NegationAgreement: 1,
      RefusalAgreement: 1,
      JsonAgreement: 1,
      CriticalMismatch: 0,
    });
  });

  const outcomes: ReadonlyArray<readonly [name: string, change: Partial<ShadowResult>]> = [
    ["BothFailed", { primary: failed, shadow: failed }],
    ["OnlyPrimaryFailed", { primary: failed }],
    ["OnlyShadowFailed", { shadow: failed }],
  ];
  for (const [name, change] of outcomes) {
    it(`are counts alone when ${name}`, () => {
      const values = valuesOf(metricsOf(sampleResult({ ...change, similarity: undefined })));
      const ones = Object.keys(values).filter((metric) => values[metric] === 1);
      assert.deepEqual(ones.sort(), [name, "ShadowRequests"].sort());
      assert.equal(Object.keys(values).length, 5);
    });
  }

  it("say nothing of the cost where one side has no price", () => {
    const { CostDiff } = valuesOf(
      metricsOf(sampleResult({ shadow: answered({ costNanoUsd: undefined }) })),
    );
    assert.equal(CostDiff, undefined);
  });

  it("mark what is critical", () => {
    const similarity = similarityOfTexts("Take 50 mg.", "Take 5 mg.");
    const values = valuesOf(metricsOf(sampleResult({ similarity })));
    assert.deepEqual([values.CriticalMismatch, values.SimilarityScore], [1, 0.25]);
  });

  it("carry both providers, and are in the total unless the primary was compared with itself", () => {
    const { dimensions, isTotal } = metricsOf(sampleResult());
    assert.deepEqual(dimensions, { PrimaryProvider: "openai", ShadowProvider: "bedrock" });
    assert.equal(isTotal, true);
    const self = metricsOf(sampleResult({ isSelf: true, shadowProvider: "openai" }));
    assert.deepEqual(self.dimensions, { PrimaryProvider: "openai", ShadowProvider: "openai" });
    assert.equal(self.isTotal, false);
  });
});

describe("the buffer of metrics", () => {
  it("counts values, by dimensions and, for a total, without any", () => {
    const buffer = createMetricBuffer();
    buffer.add(metricsOfDrop("busy"));
    buffer.add(metricsOfDrop("busy"));
    buffer.add(metricsOfDrop("cost"));
    const taken = buffer.take().map(({ dimensions, counts }) => [dimensions, [...counts]]);
    assert.deepEqual(taken, [
      [{ Reason: "busy" }, [[1, 2]]],
      [{}, [[1, 3]]],
      [{ Reason: "cost" }, [[1, 1]]],
    ]);
    assert.deepEqual(buffer.take(), []);
  });

  it("has a limit, above which it counts what it loses", () => {
    const buffer = createMetricBuffer(3);
    const one = (value: number): MetricSet => ({
      metrics: [{ name: "LatencyDiff", unit: "Milliseconds", value }],
      dimensions: {},
      isTotal: false,
    });
    for (const value of [1, 2, 3, 4, 5, 1]) buffer.add(one(value));
    assert.equal(buffer.lost, 2);
    const [series] = buffer.take();
    assert.deepEqual(
      [...(series?.counts ?? [])],
      [
        [1, 2],
        [2, 1],
        [3, 1],
      ],
    );
    assert.equal(buffer.lost, 0);
  });
});

describe("batches for PutMetricData", () => {
  it("keep CloudWatch's limits and lose nothing", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 60 }), (sizes, times) => {
        const series = Array.from({ length: times }, (_, run) =>
          sizes.map((size, index) => ({
            name: `M${run}-${index}`,
            unit: "None" as const,
            dimensions: { PrimaryProvider: "openai" },
            counts: new Map(Array.from({ length: size }, (__, value) => [value, value + 1])),
          })),
        ).flat();
        const batches = metricBatches(series, 0);
        let values = 0;
        for (const batch of batches) {
          assert.ok(batch.length <= 1000);
          assert.ok(JSON.stringify(batch).length < 1_000_000);
          for (const { Values, Counts } of batch) {
            assert.ok(Values && Counts && Values.length <= 150 && Values.length > 0);
            assert.deepEqual(
              Values.map((value) => value + 1),
              Counts,
            );
            values += Values.length;
          }
        }
        assert.equal(values, times * sizes.reduce((sum, size) => sum + size, 0));
      }),
      { numRuns: 25 },
    );
  });
});
