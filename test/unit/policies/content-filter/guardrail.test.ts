import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  FinishReason,
  HopOutcome,
  HopSchema,
  UsageSource,
} from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { sampleCall, sampleRequest } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage, textEvent } from "../../../fakes/completion-events.ts";
import { scriptedReply } from "../../../fakes/scripted-handler.ts";
import { eventsOf, readOut, setUp } from "./filter-stage.ts";

describe("a guardrail's intervention", () => {
  const intervened = (change: Parameters<typeof completedEvent>[0] = {}) =>
    completedEvent({
      finishReason: FinishReason.CONTENT_FILTER,
      providerFinishReason: "guardrail_intervened",
      ...change,
    });

  for (const [about, usage, direction] of [
    ["that asked no model blocked the request", sampleUsage(0, 0), "request"],
    ["after the model wrote blocked the answer", sampleUsage(10, 5), "response"],
  ] as const) {
    for (const delivery of ["unary", "stream"] as const) {
      it(`${about}: ${delivery}`, async () => {
        const hop = create(HopSchema, { outcome: HopOutcome.SUCCEEDED, usage });
        const answer = scriptedReply(textEvent("Sorry."), intervened({ usage, hops: [hop] }));
        const { handle, refusals } = setUp({}, { guardrail: "gr1", next: async () => answer });
        const { error } = await readOut(await handle(sampleCall({ delivery })));
        assert.equal(error?.code, Code.FailedPrecondition);
        assert.equal(error.reason, ErrorReason.BLOCKED_BY_POLICY);
        assert.deepEqual(error.metadata, {
          policy: "gr1",
          rule: "guardrail_intervened",
          direction,
        });
        assert.deepEqual([error.hops, error.usage], [[hop], usage]);
        assert.equal(refusals.length, 1);
      });
    }
  }

  it("is in no direction where nobody counted tokens", async () => {
    const usage = { ...sampleUsage(), source: UsageSource.ESTIMATED };
    const { handle } = setUp(
      {},
      { guardrail: "gr1", next: async () => scriptedReply(intervened({ usage })) },
    );
    const { error } = await readOut(await handle(sampleCall()));
    assert.deepEqual(error?.metadata, { policy: "gr1", rule: "guardrail_intervened" });
  });

  it("is the request's guardrail's where the request names one", async () => {
    const { handle } = setUp({}, { next: async () => scriptedReply(intervened()) });
    const request = sampleRequest({ guardrail: { id: "gr2", version: "1" } });
    const { error } = await readOut(await handle(sampleCall({ request })));
    assert.equal(error?.metadata.policy, "gr2");
  });

  it("is none where another filter of the provider's ended the answer", async () => {
    const filtered = completedEvent({
      finishReason: FinishReason.CONTENT_FILTER,
      providerFinishReason: "content_filtered",
    });
    const { handle } = setUp({}, { guardrail: "gr1", next: async () => scriptedReply(filtered) });
    assert.deepEqual(await eventsOf(await handle(sampleCall())), [filtered]);
  });
});
