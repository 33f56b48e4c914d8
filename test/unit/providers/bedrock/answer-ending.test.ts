import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FinishReason, ServiceTier } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { createEnding } from "../../../../server/providers/bedrock/answer-ending.ts";
import { completedEvent, textEvent } from "../../../fakes/completion-events.ts";

const intervened = { "amazon-bedrock-guardrailAction": "INTERVENED" };
const tierHeader = { "x-amzn-bedrock-service-tier": "flex" };

function settled(
  ending: ReturnType<typeof createEnding>,
  change: Parameters<typeof completedEvent>[0] = {},
) {
  const event = ending.settle(completedEvent(change));
  assert.equal(event.case, "completed");
  return event.value;
}

describe("the end of an answer", () => {
  it("tells the service tier of the headers", () => {
    assert.equal(settled(createEnding("invoke", tierHeader)).serviceTier, ServiceTier.FLEX);
  });

  it("keeps the tier that the codec found in the body", () => {
    const { serviceTier } = settled(createEnding("converse", tierHeader), {
      serviceTier: ServiceTier.PRIORITY,
    });
    assert.equal(serviceTier, ServiceTier.PRIORITY);
  });

  for (const headers of [{}, { "x-amzn-bedrock-service-tier": "brand-new" }]) {
    it(`tells no tier after ${JSON.stringify(headers)}`, () => {
      assert.equal(settled(createEnding("invoke", headers)).serviceTier, ServiceTier.UNSPECIFIED);
    });
  }

  it("is that of a guardrail that has intervened, in any chunk", () => {
    const ending = createEnding("invoke", {});
    for (const chunk of [{}, null, 7, "text", [], intervened, {}]) ending.see(chunk);
    const { finishReason, providerFinishReason, usage } = settled(ending);
    assert.equal(finishReason, FinishReason.CONTENT_FILTER);
    assert.equal(providerFinishReason, "guardrail_intervened");
    assert.equal(usage?.outputTokens, 6);
  });

  for (const [about, api, json] of [
    ["has not intervened", "invoke", { "amazon-bedrock-guardrailAction": "NONE" }],
    ["says something unknown", "invoke", { "amazon-bedrock-guardrailAction": 1 }],
    ["is Converse's own to tell", "converse", intervened],
  ] as const) {
    it(`is the model's where a guardrail ${about}`, () => {
      const ending = createEnding(api, {});
      ending.see(json);
      assert.equal(settled(ending).finishReason, FinishReason.STOP);
    });
  }

  it("is nothing that a piece of the answer has", () => {
    const event = textEvent("a");
    assert.equal(createEnding("invoke", tierHeader).settle(event), event);
  });
});
