import {
  type Completed,
  type Hop,
  type Usage,
  UsageSchema,
  UsageSource,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { type Cost, CostSchema } from "../../gen/axonflow/gateway/v1/money_pb.ts";

/**
 * What an answer took: the sums over all of its attempts whose tokens are known, the failed and the cancelled ones too.
 * The price is that of the attempt that answered; where it has none, there is no cost, because a part is not the whole.
 */
export function totalOfHops(
  { usage, cost }: Pick<Completed, "usage" | "cost">,
  hops: readonly Hop[],
): Pick<Completed, "usage" | "cost"> {
  const usages = hops.length < 2 ? [] : hops.flatMap((hop) => hop.usage ?? []);
  // One attempt alone is the answer's own, to the letter.
  if (usages.length < 2) return { ...(usage && { usage }), ...(cost && { cost }) };
  const costs = hops.flatMap((hop) => hop.cost ?? []);
  return { usage: sumOfUsages(usages), ...(cost && { cost: sumOfCosts(costs, cost) }) };
}

/** Estimated as soon as one of them is. */
function sumOfUsages(usages: readonly Usage[]): Usage {
  const isEstimated = usages.some(({ source }) => source === UsageSource.ESTIMATED);
  const sum = (tokensOf: (usage: Usage) => number) =>
    usages.reduce((total, usage) => total + tokensOf(usage), 0);
  return {
    $typeName: UsageSchema.typeName,
    inputTokens: sum((usage) => usage.inputTokens),
    outputTokens: sum((usage) => usage.outputTokens),
    cacheReadInputTokens: sum((usage) => usage.cacheReadInputTokens),
    cacheWriteInputTokens: sum((usage) => usage.cacheWriteInputTokens),
    cacheWrite1hInputTokens: sum((usage) => usage.cacheWrite1hInputTokens),
    reasoningTokens: sum((usage) => usage.reasoningTokens),
    source: isEstimated ? UsageSource.ESTIMATED : UsageSource.REPORTED,
  };
}

function sumOfCosts(costs: readonly Cost[], { price }: Cost): Cost {
  const sum = (amountOf: (cost: Cost) => bigint) =>
    costs.reduce((total, cost) => total + amountOf(cost), 0n);
  return {
    $typeName: CostSchema.typeName,
    nanoUsd: sum((cost) => cost.nanoUsd),
    inputNanoUsd: sum((cost) => cost.inputNanoUsd),
    outputNanoUsd: sum((cost) => cost.outputNanoUsd),
    cacheReadNanoUsd: sum((cost) => cost.cacheReadNanoUsd),
    cacheWriteNanoUsd: sum((cost) => cost.cacheWriteNanoUsd),
    ...(price && { price }),
  };
}
