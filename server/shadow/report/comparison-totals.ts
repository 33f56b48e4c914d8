import { create } from "@bufbuild/protobuf";
import {
  type ShadowComparison,
  ShadowComparisonSchema,
  type ShadowDistribution,
  ShadowDistributionSchema,
  ShadowPartSchema,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { Answer } from "../outcome.ts";
import type { ShadowResult } from "../result.ts";
import {
  type Critical,
  type PartName,
  partNames,
  type Similarity,
  similarityParts,
} from "../similarity/similarity.ts";
import { createHistogram, type Histogram, shareScale } from "./histogram.ts";
import { createModelTotals } from "./model-totals.ts";
import { countMessages, createSideTotals } from "./side-totals.ts";

/** All results of one kind, summed up. */
export interface ComparisonTotals {
  add(result: ShadowResult): void;
  message(primaryProvider: string, shadowProvider: string): ShadowComparison;
}

/** Begins with nothing; what it holds does not grow with the results. */
export function createComparisonTotals(): ComparisonTotals {
  const primary = createSideTotals();
  const shadow = createSideTotals();
  const models = createModelTotals();
  const scores = createScores();
  const counts = { bothSucceeded: 0, bothFailed: 0, onlyPrimaryFailed: 0, onlyShadowFailed: 0 };
  let requests = 0;

  const addPair = (a: Answer, b: Answer, similarity: Similarity | undefined) => {
    primary.addPaired(a);
    shadow.addPaired(b);
    if (a.costNanoUsd !== undefined && b.costNanoUsd !== undefined) {
      primary.addPricedNanoUsd(a.costNanoUsd);
      shadow.addPricedNanoUsd(b.costNanoUsd);
    }
    models.add(a.model, b.model, similarity);
    if (similarity) scores.add(similarity);
  };
  return {
    add(result) {
      requests += 1;
      primary.add(result.primary);
      shadow.add(result.shadow);
      counts[outcomeOf(result)] += 1;
      if (result.primary.kind === "answered" && result.shadow.kind === "answered") {
        addPair(result.primary.answer, result.shadow.answer, result.similarity);
      }
    },
    message: (primaryProvider, shadowProvider) =>
      create(ShadowComparisonSchema, {
        requests: BigInt(requests),
        bothSucceeded: BigInt(counts.bothSucceeded),
        bothFailed: BigInt(counts.bothFailed),
        onlyPrimaryFailed: BigInt(counts.onlyPrimaryFailed),
        onlyShadowFailed: BigInt(counts.onlyShadowFailed),
        ...scores.fields(),
        primary: primary.message(primaryProvider),
        shadow: shadow.message(shadowProvider),
        models: models.messages(),
      }),
  };
}

function outcomeOf({ primary, shadow }: ShadowResult) {
  if (primary.kind === "answered") {
    return shadow.kind === "answered" ? "bothSucceeded" : "onlyShadowFailed";
  }
  return shadow.kind === "answered" ? "onlyPrimaryFailed" : "bothFailed";
}

function createScores() {
  const scores = createHistogram(shareScale);
  const parts = new Map<PartName, Histogram>(
    partNames.map((name) => [name, createHistogram(shareScale)]),
  );
  const criticals = new Map<Critical, number>();
  let critical = 0;
  return {
    add(similarity: Similarity): void {
      scores.add(similarity.score);
      for (const [name, values] of parts) values.add(similarity.parts[name]);
      if (similarity.criticals.length > 0) critical += 1;
      for (const kind of similarity.criticals) criticals.set(kind, (criticals.get(kind) ?? 0) + 1);
    },
    fields: () => ({
      compared: BigInt(scores.count),
      similarity: distributionOf(scores),
      parts: [...parts].map(([name, values]) =>
        create(ShadowPartSchema, {
          name,
          weightPercent: similarityParts[name].percent,
          values: distributionOf(values),
        }),
      ),
      critical: BigInt(critical),
      criticals: countMessages(criticals),
    }),
  };
}

function distributionOf(values: Histogram): ShadowDistribution {
  return create(ShadowDistributionSchema, {
    p10: values.quantile(0.1),
    p50: values.quantile(0.5),
    p90: values.quantile(0.9),
    mean: values.mean,
  });
}
