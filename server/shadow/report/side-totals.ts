import { create } from "@bufbuild/protobuf";
import {
  type ShadowCount,
  ShadowCountSchema,
  type ShadowSide,
  ShadowSideSchema,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { Answer, Outcome } from "../outcome.ts";
import { createHistogram, latencyScale } from "./histogram.ts";

/** One provider's side of all results of a kind. */
export interface SideTotals {
  add(outcome: Outcome): void;
  /** An answer whose counterpart is there too: only such ones may be held against each other. */
  addPaired(answer: Answer): void;
  /** The cost of an answer whose counterpart has a price too. */
  addPricedNanoUsd(costNanoUsd: bigint): void;
  message(provider: string): ShadowSide;
}

/** Begins with nothing. */
export function createSideTotals(): SideTotals {
  const latency = createHistogram(latencyScale);
  const failures = new Map<string, number>();
  let inputTokens = 0;
  let outputTokens = 0;
  let priced = 0n;
  let nanoUsd = 0n;
  return {
    add(outcome) {
      if (outcome.kind === "answered") latency.add(outcome.answer.latencyMs);
      else failures.set(outcome.reason, (failures.get(outcome.reason) ?? 0) + 1);
    },
    addPaired(answer) {
      inputTokens += answer.inputTokens;
      outputTokens += answer.outputTokens;
    },
    addPricedNanoUsd(costNanoUsd) {
      priced += 1n;
      nanoUsd += costNanoUsd;
    },
    message: (provider) =>
      create(ShadowSideSchema, {
        provider,
        succeeded: BigInt(latency.count),
        failures: countMessages(failures),
        latencyP50Ms: latency.quantile(0.5),
        latencyP99Ms: latency.quantile(0.99),
        inputTokens: BigInt(inputTokens),
        outputTokens: BigInt(outputTokens),
        ...(priced > 0n && { nanoUsdPerThousandCalls: (nanoUsd * 1000n) / priced }),
      }),
  };
}

/** The most frequent first. */
export function countMessages(counts: ReadonlyMap<string, number>): ShadowCount[] {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => create(ShadowCountSchema, { name, count: BigInt(count) }));
}
