import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  CompletedSchema,
  Direction,
  FinishReason,
  HopOutcome,
  HopReason,
  HopSchema,
  RedactionAction,
  UsageSchema,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { promptText } from "../../../server/audit/call-content.ts";
import { answerContent, failureContent } from "../../../server/audit/result-content.ts";
import { GatewayError, reasonName } from "../../../server/core/error.ts";
import type { Reply } from "../../../server/core/reply.ts";
import { sampleRequest, textBlock } from "../../fakes/calls.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";

const times = { latencyMs: 120, timeToFirstTokenMs: 40 };
const asJson = (content: object) => JSON.parse(JSON.stringify(content));

const failed = create(HopSchema, {
  provider: "bedrock",
  region: "us-east-1",
  model: "model-a",
  reason: HopReason.FIRST,
  outcome: HopOutcome.FAILED,
  errorReason: "RATE_LIMITED",
  startMs: 1n,
  latencyMs: 5n,
});
const succeeded = create(HopSchema, {
  provider: "bedrock",
  region: "us-west-2",
  model: "model-a",
  reason: HopReason.FAILOVER,
  outcome: HopOutcome.SUCCEEDED,
  startMs: 7n,
  latencyMs: 100n,
  timeToFirstTokenMs: 30n,
  usage: { inputTokens: 8, outputTokens: 6, source: UsageSource.REPORTED },
  cost: { nanoUsd: 114_000n },
  providerRequestId: "aws-1",
});

describe("the end of a call that was answered", () => {
  const completed = create(CompletedSchema, {
    finishReason: FinishReason.STOP,
    provider: "bedrock",
    region: "us-west-2",
    model: "model-a",
    usage: {
      inputTokens: 8,
      outputTokens: 6,
      cacheReadInputTokens: 3,
      cacheWriteInputTokens: 2,
      cacheWrite1hInputTokens: 1,
      reasoningTokens: 4,
      source: UsageSource.ESTIMATED,
    },
    cost: { nanoUsd: 9_007_199_254_740_993n },
    hops: [succeeded],
  });
  const reply: Reply = { ...scriptedReply(), hops: [failed] };

  it("has who served it, what it took, every attempt, and how long it was", () => {
    assert.deepEqual(asJson(answerContent(completed, reply, times)), {
      decision: "allow",
      provider: "bedrock",
      region: "us-west-2",
      model: "model-a",
      finishReason: "stop",
      usage: {
        inputTokens: 8,
        outputTokens: 6,
        cacheReadInputTokens: 3,
        cacheWriteInputTokens: 2,
        cacheWrite1hInputTokens: 1,
        reasoningTokens: 4,
        isEstimated: true,
      },
      costNanoUsd: "9007199254740993",
      ...times,
      hops: [
        {
          provider: "bedrock",
          region: "us-east-1",
          model: "model-a",
          reason: "first",
          outcome: "failed",
          errorReason: "RATE_LIMITED",
          startMs: 1,
          latencyMs: 5,
        },
        {
          provider: "bedrock",
          region: "us-west-2",
          model: "model-a",
          reason: "failover",
          outcome: "succeeded",
          startMs: 7,
          latencyMs: 100,
          timeToFirstTokenMs: 30,
          usage: { inputTokens: 8, outputTokens: 6 },
          costNanoUsd: "114000",
          providerRequestId: "aws-1",
        },
      ],
    });
  });

  it("has the endpoint's names where the answer says none, and no cost where there is no price", () => {
    const plain = create(CompletedSchema, { finishReason: FinishReason.STOP });
    const { provider, region, model, ...rest } = asJson(
      answerContent(plain, { ...reply, hops: [] }, { latencyMs: 1 }),
    );
    assert.deepEqual(
      { provider, region, model },
      {
        provider: reply.endpoint.provider,
        region: reply.endpoint.region,
        model: reply.endpoint.model,
      },
    );
    assert.deepEqual(rest, { decision: "allow", finishReason: "stop", latencyMs: 1 });
  });

  for (const [action, decision, word] of [
    [RedactionAction.REDACTED, "redact", "redacted"],
    [RedactionAction.MASKED, "redact", "masked"],
    [RedactionAction.PSEUDONYMIZED, "redact", "pseudonymized"],
    [RedactionAction.ALLOWED, "allow", "allowed"],
  ] as const) {
    it(`was to ${decision} when personal data was ${word}`, () => {
      const redactions = [{ entity: "SSN", direction: Direction.RESPONSE, action, count: 3 }];
      const content = asJson(answerContent(create(CompletedSchema, { redactions }), reply, times));
      assert.equal(content.decision, decision);
      assert.deepEqual(content.redactions, [
        {
          entity: "SSN",
          direction: "response",
          action: word,
          count: 3,
        },
      ]);
    });
  }
});

describe("the end of a call that was not", () => {
  const cases: readonly (readonly [ErrorReason, Code, decision: string, code: string])[] = [
    [ErrorReason.BLOCKED_BY_POLICY, Code.FailedPrecondition, "deny", "failed_precondition"],
    [ErrorReason.BUDGET_EXCEEDED, Code.ResourceExhausted, "deny", "resource_exhausted"],
    [ErrorReason.RATE_LIMITED, Code.ResourceExhausted, "deny", "resource_exhausted"],
    [ErrorReason.MODEL_NOT_PRICED, Code.FailedPrecondition, "deny", "failed_precondition"],
    [ErrorReason.PERMISSION_DENIED, Code.PermissionDenied, "deny", "permission_denied"],
    [ErrorReason.PROVIDER_UNAVAILABLE, Code.Unavailable, "error", "unavailable"],
    [ErrorReason.DEADLINE_EXCEEDED, Code.DeadlineExceeded, "error", "deadline_exceeded"],
    [ErrorReason.CANCELLED, Code.Canceled, "error", "canceled"],
    [ErrorReason.INTERNAL, Code.Internal, "error", "internal"],
  ];
  for (const [reason, code, decision, word] of cases) {
    it(`was to ${decision}, with its code and reason: ${reasonName(reason)}`, () => {
      const error = new GatewayError(code, reason, "What was asked stands here.");
      assert.deepEqual(asJson(failureContent(error, { latencyMs: 3 })), {
        decision,
        code: word,
        reason: reasonName(reason),
        latencyMs: 3,
      });
    });
  }

  it("names the policy or the budget, the attempts, and the tokens that are known to be spent", () => {
    const usage = create(UsageSchema, { inputTokens: 5, source: UsageSource.REPORTED });
    const withPolicy = new GatewayError(Code.Unavailable, ErrorReason.INTERNAL, "", {
      metadata: { policy: "pii-filter", entity: "SSN" },
      hops: [failed],
      usage,
    });
    const content = asJson(failureContent(withPolicy, times));
    assert.deepEqual([content.policy, content.usage], ["pii-filter", { inputTokens: 5 }]);
    assert.equal(content.hops.length, 1);
    const withBudget = withPolicy.with({ metadata: { budget: "daily" } });
    assert.equal(failureContent(withBudget, times).policy, "daily");
  });
});

describe("the text of a request", () => {
  it("is a prompt alone as it is, and else the system's words and all texts in their order", () => {
    const ask = (content: Parameters<typeof textBlock>[0][]) => ({
      messages: content.map((text) => ({ content: [textBlock(text)] })),
    });
    assert.equal(promptText(sampleRequest(ask(["Hello?"]))), "Hello?");
    assert.equal(promptText(sampleRequest(ask(["one", "two"]))), "one\ntwo");
    assert.equal(promptText(sampleRequest({ ...ask(["one"]), system: "sys" })), "sys\none");
    const tool = {
      content: [
        textBlock("one"),
        { block: { case: "toolResult" as const, value: { content: [textBlock("two")] } } },
        { block: { case: "toolUse" as const, value: { name: "no text" } } },
      ],
    };
    assert.equal(promptText(sampleRequest({ messages: [tool] })), "one\ntwo");
    assert.equal(promptText(sampleRequest({ messages: [] })), "");
  });
});
