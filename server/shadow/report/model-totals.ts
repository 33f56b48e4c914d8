import { create } from "@bufbuild/protobuf";
import {
  type ShadowModels,
  ShadowModelsSchema,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";
import type { Similarity } from "../similarity/similarity.ts";

/** Results by the pair of models that answered. */
export interface ModelTotals {
  add(primaryModel: string, shadowModel: string, similarity: Similarity | undefined): void;
  /** The most frequent pairs first. */
  messages(): ShadowModels[];
}

/** Callers choose models, so there is a limit to the pairs that are kept, and a smaller one to those that are told. */
const mostPairs = 1000;
const mostTold = 20;

interface Pair {
  readonly primaryModel: string;
  readonly shadowModel: string;
  calls: number;
  compared: number;
  similaritySum: number;
  critical: number;
}

/** Begins with nothing; pairs that come when there is no room are not told apart. */
export function createModelTotals(): ModelTotals {
  const pairs = new Map<string, Pair>();
  return {
    add(primaryModel, shadowModel, similarity) {
      const key = `${primaryModel}\n${shadowModel}`;
      const isNew = !pairs.has(key);
      if (isNew && pairs.size >= mostPairs) return;
      const fresh = { calls: 0, compared: 0, similaritySum: 0, critical: 0 };
      const pair = pairs.get(key) ?? { primaryModel, shadowModel, ...fresh };
      pairs.set(key, pair);
      pair.calls += 1;
      if (!similarity) return;
      pair.compared += 1;
      pair.similaritySum += similarity.score;
      if (similarity.criticals.length > 0) pair.critical += 1;
    },
    messages: () =>
      [...pairs.values()]
        .sort((a, b) => b.calls - a.calls)
        .slice(0, mostTold)
        .map(messageOf),
  };
}

function messageOf(pair: Pair): ShadowModels {
  const { primaryModel, shadowModel, calls, compared, similaritySum, critical } = pair;
  return create(ShadowModelsSchema, {
    primaryModel,
    shadowModel,
    calls: BigInt(calls),
    critical: BigInt(critical),
    ...(compared > 0 && { meanSimilarity: similaritySum / compared }),
  });
}
