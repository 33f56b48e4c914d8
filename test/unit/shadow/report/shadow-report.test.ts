import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ShadowVerdict } from "../../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import {
  createHistogram,
  latencyScale,
  shareScale,
} from "../../../../server/shadow/report/histogram.ts";
import { createShadowReporter } from "../../../../server/shadow/report/shadow-report.ts";
import type { ShadowResult } from "../../../../server/shadow/result.ts";
import {
  answered,
  failed,
  sampleResult,
  similarityOfTexts,
} from "../../../fakes/shadow-results.ts";

const reporterOf = () =>
  createShadowReporter({
    primaryProvider: "openai",
    shadowProvider: "bedrock",
    sampleRate: 0.1,
    selfShare: 0.05,
    sinceEpochMs: Date.parse("2026-11-23T12:00:00Z"),
  });

const critical = similarityOfTexts("Take 50 mg a day.", "Take 5 mg a day.");
const self = { isSelf: true, shadowProvider: "openai" };

describe("histograms", () => {
  it("give quantiles as exact as their scale", () => {
    const cases = [
      { scale: latencyScale, value: fc.double({ min: 1, max: 3_000_000, noNaN: true }), of: 1.051 },
      { scale: shareScale, value: fc.double({ min: 0, max: 1, noNaN: true }), of: 1 },
    ];
    for (const { scale, value, of } of cases) {
      fc.assert(
        fc.property(
          fc.array(value, { minLength: 1, maxLength: 200 }),
          fc.constantFrom(0.1, 0.5, 0.9, 0.99),
          (values, share) => {
            const histogram = createHistogram(scale);
            for (const each of values) histogram.add(each);
            const sorted = values.toSorted((a, b) => a - b);
            const exact = sorted[Math.max(0, Math.ceil(share * values.length - 1e-9) - 1)] ?? 0;
            const found = histogram.quantile(share);
            assert.ok(found >= exact - 0.06, `${found} is below ${exact}`);
            assert.ok(found <= exact * of + 0.06, `${found} is far above ${exact}`);
          },
        ),
      );
    }
  });
  it("are 0 without values", () => {
    const histogram = createHistogram(shareScale);
    assert.deepEqual([histogram.quantile(0.5), histogram.mean, histogram.count], [0, 0, 0]);
  });
});

describe("the report", () => {
  it("counts outcomes, failures, drops and models", () => {
    const reporter = reporterOf();
    for (const change of [
      {},
      { primary: failed, similarity: undefined },
      { shadow: failed, similarity: undefined },
      { primary: failed, shadow: failed, similarity: undefined },
      { similarity: critical },
    ]) {
      reporter.result(sampleResult(change));
    }
    reporter.dropped("busy");
    reporter.dropped("busy");
    reporter.dropped("cost");
    const { shadow, drops, enabled } = reporter.report();
    assert.ok(shadow && enabled);
    assert.deepEqual(
      [
        shadow.requests,
        shadow.bothSucceeded,
        shadow.bothFailed,
        shadow.onlyPrimaryFailed,
        shadow.onlyShadowFailed,
      ],
      [5n, 2n, 1n, 1n, 1n],
    );
    assert.deepEqual([shadow.compared, shadow.critical], [2n, 1n]);
    const names = (counts: readonly { name: string; count: bigint }[]) =>
      counts.map(({ name, count }) => [name, count]);
    assert.deepEqual(names(drops), [
      ["busy", 2n],
      ["cost", 1n],
    ]);
    assert.deepEqual(names(shadow.criticals), [["quantities", 1n]]);
    assert.deepEqual(names(shadow.primary?.failures ?? []), [["PROVIDER_THROTTLED", 2n]]);
    const [models, ...others] = shadow.models;
    assert.deepEqual(others, []);
    assert.deepEqual(
      [models?.primaryModel, models?.shadowModel, models?.calls, models?.critical],
      ["gpt-4-turbo", "claude-3-haiku", 2n, 1n],
    );
  });

  it("says what a thousand calls cost, of those with prices on both sides", () => {
    const reporter = reporterOf();
    reporter.result(sampleResult());
    reporter.result(sampleResult({ shadow: answered({ costNanoUsd: undefined }) }));
    const { shadow } = reporter.report();
    assert.equal(shadow?.primary?.nanoUsdPerThousandCalls, 2_000_000_000n);
    assert.equal(shadow?.shadow?.nanoUsdPerThousandCalls, 1_000_000_000n);
    assert.equal(reporterOf().report().shadow?.shadow?.nanoUsdPerThousandCalls, undefined);
  });

  it("keeps the primary against itself apart", () => {
    const reporter = reporterOf();
    reporter.result(sampleResult({ ...self, similarity: critical }));
    const report = reporter.report();
    assert.deepEqual([report.shadow?.requests, report.self?.requests], [0n, 1n]);
    assert.equal(report.self?.shadow?.provider, "openai");
  });

  it("does not grow with the names of models", () => {
    const reporter = reporterOf();
    for (let index = 0; index < 1500; index++) {
      reporter.result(sampleResult({ primary: answered({ model: `model-${index}` }) }));
    }
    assert.equal(reporter.report().shadow?.models.length, 20);
  });
});

describe("the recommendation", () => {
  /** Enough of both kinds, all alike, and then what a case adds. */
  function verdictOf(
    added: ReadonlyArray<readonly [count: number, change: Partial<ShadowResult>]>,
  ) {
    const reporter = reporterOf();
    for (let count = 0; count < 100; count++) reporter.result(sampleResult());
    for (let count = 0; count < 30; count++) reporter.result(sampleResult(self));
    for (const [times, change] of added) {
      for (let count = 0; count < times; count++) reporter.result(sampleResult(change));
    }
    return reporter.report().recommendation;
  }
  const poor = similarityOfTexts("It is Paris.", "A bicycle has two wheels and no engine.");
  const slow = answered({ latencyMs: 5000 });
  const cases: ReadonlyArray<
    readonly [
      what: string,
      verdict: ShadowVerdict,
      added: Parameters<typeof verdictOf>[0],
      reason: RegExp,
    ]
  > = [
    ["promotes what is as good", ShadowVerdict.PROMOTE, [], /answered 100.0 % of the calls/],
    [
      "holds for critical differences",
      ShadowVerdict.HOLD,
      [[3, { similarity: critical }]],
      /^2.9 % of the answers differ critically .* 0.0 % of the primary's own/,
    ],
    [
      "takes critical differences for noise where the primary has them too",
      ShadowVerdict.PROMOTE,
      [
        [3, { similarity: critical }],
        [1, { ...self, similarity: critical }],
      ],
      /differ critically/,
    ],
    [
      "holds for answers that are less alike than the primary's own",
      ShadowVerdict.HOLD,
      [[150, { similarity: poor }]],
      /^Half of the answers score 0\.\d+ or less, and 1 or less/,
    ],
    [
      "takes unlike answers for noise where the primary's own are as unlike",
      ShadowVerdict.PROMOTE,
      [
        [150, { similarity: poor }],
        [50, { ...self, similarity: poor }],
      ],
      /^Half of the answers score/m,
    ],
    [
      "holds for failures",
      ShadowVerdict.HOLD,
      [[2, { shadow: failed, similarity: undefined }]],
      /answered 98.0 % of the calls in one attempt each, the primary 100.0 %/,
    ],
    [
      "holds for slow answers",
      ShadowVerdict.HOLD,
      [[2, { shadow: slow }]],
      /^99 of 100 answers took/,
    ],
  ];
  for (const [what, verdict, added, reason] of cases) {
    it(what, () => {
      const found = verdictOf(added);
      assert.equal(found?.verdict, verdict);
      assert.ok(
        found.reasons.some((text) => reason.test(text)),
        found.reasons.join("\n"),
      );
    });
  }

  it("waits until there is enough of both kinds", () => {
    const reporter = reporterOf();
    assert.equal(reporter.report().recommendation?.reasons.length, 2);
    for (let count = 0; count < 99; count++) reporter.result(sampleResult());
    for (let count = 0; count < 30; count++) reporter.result(sampleResult(self));
    const waits = reporter.report().recommendation;
    assert.equal(waits?.verdict, ShadowVerdict.WAIT);
    assert.deepEqual(waits.reasons, ["99 answers were compared; it takes 100 to say anything."]);
    reporter.result(sampleResult());
    assert.equal(reporter.report().recommendation?.verdict, ShadowVerdict.PROMOTE);
  });
});
