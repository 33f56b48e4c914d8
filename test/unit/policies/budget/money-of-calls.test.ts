import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../../server/core/call.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import { usd } from "../../../fakes/budgets.ts";
import { sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";
import { completedEvent, sampleUsage } from "../../../fakes/completion-events.ts";
import { scriptedHandler, scriptedReply } from "../../../fakes/scripted-handler.ts";

import {
  answerNanoUsd,
  answers,
  callOf,
  completedOf,
  endpoint,
  limited,
  refusal,
  stage,
  worstNanoUsd,
} from "./budget-stage.ts";

describe("the money of a call", () => {
  it("is set aside at its worst, started before the provider is asked, and settled at what it took", async () => {
    const steps: string[] = [];
    const { ledger, handle } = stage(
      async (attempt) => {
        steps.push(...ledger.steps, `asked with ${ledger.open} open`);
        return answers().handle(attempt);
      },
      limited(usd(1)),
    );
    await completedOf(await handle(callOf()));
    assert.deepEqual(steps, ["start", "asked with 1 open"]);
    assert.deepEqual(ledger.steps, ["start", "settle"]);
    assert.equal(ledger.spent("daily/day/gateway"), answerNanoUsd);
    assert.equal(ledger.open, 0);
  });
  it("is settled before the caller has the end of the answer, so that its next call finds the room", async () => {
    const { ledger, handle } = stage(answers().handle, limited(worstNanoUsd + answerNanoUsd));
    const first = await handle(callOf());
    for await (const event of first.events) {
      if (event.case === "completed") assert.equal(ledger.open, 0);
    }
    const second = await handle(callOf());
    assert.equal((await completedOf(second)).clampedMaxTokens, undefined);
  });
  it("leaves a record of each call, whether or not a budget is about it", async () => {
    const { ledger, handle } = stage(answers().handle);
    const tags = { team: "search" };
    const change = { principal: { name: "ci", tenant: "acme" }, request: sampleRequest({ tags }) };
    await completedOf(await handle(callOf([endpoint], change)));
    assert.deepEqual(ledger.records, [
      {
        id: callOf().id,
        kind: "call",
        epochMs: Date.parse("2026-11-23T12:00:00Z"),
        key: "ci",
        tenant: "acme",
        tags,
        provider: "bedrock",
        region: "us-east-1",
        model: endpoint.model,
        inputTokens: 8,
        outputTokens: 6,
        cacheReadInputTokens: 0,
        cacheWriteInputTokens: 0,
        costNanoUsd: answerNanoUsd,
        isPriced: true,
        attempts: 1,
        succeeded: true,
      },
    ]);
  });
  it("is released where nothing was sent", async () => {
    const open = new GatewayError(Code.Unavailable, ErrorReason.CIRCUIT_OPEN, "open");
    const { ledger, handle } = stage(
      scriptedHandler<Attempt>({ throws: open }).handle,
      limited(1n << 60n),
    );
    await refusal(handle(callOf()));
    assert.equal(ledger.steps.at(-1), "release");
    assert.deepEqual(ledger.records, []);
  });
  it("adds up the attempts that were billed", async () => {
    const broken = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
      usage: sampleUsage(100, 50),
    });
    const providers = scriptedHandler<Attempt>({ throws: broken }, scriptedReply(completedEvent()));
    const { ledger, handle } = stage(providers.handle, limited(usd(1)));
    await completedOf(await handle(callOf([endpoint, sampleEndpoint({ region: "us-west-2" })])));
    const [record] = ledger.records;
    assert.equal(record?.costNanoUsd, answerNanoUsd + 100n * 3000n + 50n * 15_000n);
    assert.equal(record?.attempts, 2);
    assert.equal(record?.region, "us-west-2");
    assert.equal(ledger.steps.filter((step) => step === "settle").length, 1);
  });
  it("is extended for an attempt on top of billed ones, and not for one after a free failure", async () => {
    for (const usage of [sampleUsage(100, 50), undefined]) {
      const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
        usage,
      });
      const providers = scriptedHandler<Attempt>(
        { throws: error },
        scriptedReply(completedEvent()),
      );
      const { ledger, handle } = stage(providers.handle, limited(usd(1)));
      await completedOf(await handle(callOf([endpoint, endpoint])));
      assert.equal(ledger.steps.includes("extend"), usage !== undefined);
    }
  });
  it("does not make an attempt for which there is no room any more", async () => {
    const error = new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "broken", {
      usage: sampleUsage(100, 50),
    });
    const providers = scriptedHandler<Attempt>({ throws: error });
    const { ledger, handle, watch } = stage(providers.handle, limited(worstNanoUsd));
    const { reason, retry } = await refusal(handle(callOf([endpoint, endpoint])));
    assert.equal(reason, ErrorReason.BUDGET_EXCEEDED);
    assert.equal(retry, "other-endpoint");
    assert.equal(providers.calls.length, 1);
    assert.equal(ledger.open, 0);
    assert.ok(watch.told.includes("refused daily"));
  });
});
