import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { traceBar } from "../../../client/cli/trace-bar.ts";
import { failedTraceTree, traceTree } from "../../../client/cli/trace-tree.ts";
import { GatewayCallError } from "../../../client/sdk/node.ts";
import {
  CompletedSchema,
  HopOutcome,
  HopReason,
  HopSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";

const model = "anthropic.claude-3-haiku-20240307-v1:0";
const failed = {
  provider: "bedrock",
  region: "us-east-1",
  model,
  reason: HopReason.FIRST,
  outcome: HopOutcome.FAILED,
  errorReason: "PROVIDER_THROTTLED",
  startMs: 0n,
  latencyMs: 310n,
};
const succeeded = {
  ...failed,
  region: "us-west-2",
  reason: HopReason.FAILOVER,
  outcome: HopOutcome.SUCCEEDED,
  errorReason: "",
  startMs: 310n,
  latencyMs: 930n,
  timeToFirstTokenMs: 310n,
  usage: { inputTokens: 12, outputTokens: 40 },
  cost: { nanoUsd: 640_000n },
};

function treeOf(change: Partial<MessageInitShape<typeof CompletedSchema>> = {}) {
  const { usage, cost } = succeeded;
  const usual = { latencyMs: 1240n, usage, cost, hops: [failed, succeeded] };
  const init = { ...usual, ...change } as MessageInitShape<typeof CompletedSchema>;
  return traceTree(create(CompletedSchema, init)).split("\n");
}

describe("the trace of an answer", () => {
  it("is a line about the call and a branch for every attempt", () => {
    assert.deepEqual(treeOf(), [
      "completion 1.24 s · 12 in / 40 out · $0.00064",
      "├─ ✗  first     bedrock us-east-1  310 ms  ░░░░░░░                       PROVIDER_THROTTLED",
      "└─ ✓  failover  bedrock us-west-2  930 ms         ░░░░░░░██████████████  first token 310 ms · 12 in / 40 out · $0.00064",
      `   ${model}`,
    ]);
  });

  it("names the models where they differ", () => {
    const lines = treeOf({ hops: [failed, { ...succeeded, model: "gpt-4o" }] });
    assert.match(lines[1] ?? "", new RegExp(`${model}$`));
    assert.match(lines[2] ?? "", /gpt-4o$/);
    assert.equal(lines.length, 3);
  });

  it("says whose answer is repeated, what was cached, and that one was not asked", () => {
    const usage = { inputTokens: 12, outputTokens: 40, cacheReadInputTokens: 900 };
    const skipped = { ...failed, outcome: HopOutcome.SKIPPED, latencyMs: 0n };
    const lines = treeOf({ replayOf: "call-1", usage, hops: [skipped, succeeded] });
    assert.match(lines[0] ?? "", /12 in \+ 900 cached \/ 40 out.*the answer of call call-1$/);
    assert.match(lines[1] ?? "", /^├─ –.* 0 ms {32}PROVIDER_THROTTLED/);
  });

  it("has bars of one width that never leave the line, whatever the times", () => {
    const ms = fc.bigInt({ min: 0n, max: 10_000_000n });
    fc.assert(
      fc.property(ms, ms, fc.option(ms), ms, (startMs, latencyMs, first, more) => {
        const times = { startMs, latencyMs, ...(first !== null && { timeToFirstTokenMs: first }) };
        for (const outcome of [HopOutcome.SUCCEEDED, HopOutcome.FAILED]) {
          const hop = create(HopSchema, { ...times, outcome });
          const bar = traceBar(hop, Math.max(Number(startMs + latencyMs + more), 1));
          assert.match(bar, /^ *░*█* *$/);
          assert.equal(bar.length, 28);
          assert.notEqual(bar.trim(), "");
        }
      }),
    );
  });
});

describe("the trace of a failed call", () => {
  const errorWith = (metadata: Readonly<Record<string, string>>) =>
    new GatewayCallError(Code.Unavailable, "no", { reason: "ALL_ATTEMPTS_FAILED", metadata });

  it("is as much of the tree as the error tells", () => {
    const metadata = {
      remedy: "none",
      "hop.1": `bedrock/us-east-1/${model}: PROVIDER_THROTTLED`,
      "hop.2": "bedrock/us-west-2/arn:aws:bedrock:us-west-2:1:x/y: PROVIDER_UNAVAILABLE",
    };
    assert.deepEqual(failedTraceTree(errorWith(metadata)).split("\n"), [
      "completion failed · ALL_ATTEMPTS_FAILED",
      `├─ ✗  bedrock us-east-1 ${model}  PROVIDER_THROTTLED`,
      "└─ ✗  bedrock us-west-2 arn:aws:bedrock:us-west-2:1:x/y         PROVIDER_UNAVAILABLE",
    ]);
  });

  it("says so where no attempt was made", () => {
    assert.match(failedTraceTree(errorWith({})), /no attempt was made$/);
  });
});
