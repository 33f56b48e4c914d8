import type { Answer, Outcome } from "../../server/shadow/outcome.ts";
import type { ShadowResult } from "../../server/shadow/result.ts";
import { type Similarity, similarityOf } from "../../server/shadow/similarity/similarity.ts";

/** One side that answered. */
export function answered(change: Partial<Answer> = {}): Outcome {
  return {
    kind: "answered",
    answer: {
      model: "gpt-4-turbo",
      text: "It is Paris.",
      withheld: false,
      latencyMs: 1000,
      inputTokens: 10,
      outputTokens: 20,
      costNanoUsd: 2_000_000n,
      ...change,
    },
  };
}

/** One side that failed. */
export const failed: Outcome = { kind: "failed", reason: "PROVIDER_THROTTLED" };

/** How alike two texts are. */
export function similarityOfTexts(a: string, b: string): Similarity {
  return similarityOf({ text: a, withheld: false }, { text: b, withheld: false });
}

/** OpenAI and Bedrock answered the same, Bedrock faster and for half the money. */
export function sampleResult(change: Partial<ShadowResult> = {}): ShadowResult {
  return {
    requestId: "00000000-0000-4000-8000-000000000001",
    primaryProvider: "openai",
    shadowProvider: "bedrock",
    isSelf: false,
    primary: answered(),
    shadow: answered({ model: "claude-3-haiku", latencyMs: 700, costNanoUsd: 1_000_000n }),
    similarity: similarityOfTexts("It is Paris.", "It is Paris."),
    ...change,
  };
}
