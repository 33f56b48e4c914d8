import type { UsageRecord } from "../../server/core/ledger.ts";

/** What a call used that nobody looks at more closely. */
export function usageRecord(more: Partial<UsageRecord> & Pick<UsageRecord, "id">): UsageRecord {
  return {
    kind: "call",
    epochMs: 0,
    key: "service",
    tenant: "",
    provider: "bedrock",
    region: "us-east-1",
    model: "model-a",
    tags: {},
    inputTokens: 10,
    outputTokens: 20,
    cacheReadInputTokens: 1,
    cacheWriteInputTokens: 2,
    costNanoUsd: 0n,
    isPriced: true,
    attempts: 1,
    succeeded: true,
    ...more,
  };
}
