import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { HopSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt } from "../../../server/core/call.ts";
import { GatewayError, type Retry } from "../../../server/core/error.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { sampleEndpoint, sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const first = sampleEndpoint({ region: "us-east-1" });
const second = sampleEndpoint({ region: "us-west-2" });
const third = sampleEndpoint({ region: "eu-west-1" });
const hopIn = (region: string) => create(HopSchema, { region });

function failure(region: string, retry: Retry): { throws: GatewayError } {
  const options = { retry, hops: [hopIn(region)] };
  return {
    throws: new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, region, options),
  };
}

function start(...answers: readonly Answer[]) {
  const handler = scriptedHandler<Attempt>(...answers);
  const asked = () => handler.calls.map(({ endpoint, number }) => `${number} ${endpoint.region}`);
  return { handle: failover().wrap(handler.handle), asked };
}

describe("failover", () => {
  it("asks one endpoint once and hands its reply on", async () => {
    const reply = scriptedReply(completedEvent());
    const { handle, asked } = start(reply);
    const answer = await handle(sampleRoutedCall([first]));
    assert.deepEqual(asked(), ["1 us-east-1"]);
    assert.equal(answer.events, reply.events);
    assert.deepEqual(answer.hops, []);
  });

  it("asks no second endpoint when the first one answers", async () => {
    const { handle, asked } = start(scriptedReply(completedEvent()));
    await handle(sampleRoutedCall([first, second]));
    assert.deepEqual(asked(), ["1 us-east-1"]);
  });

  for (const retry of ["same-endpoint", "other-endpoint"] as const) {
    it(`moves on when an error says ${retry}, and lists the hops that failed`, async () => {
      const { handle, asked } = start(
        failure("us-east-1", retry),
        failure("us-west-2", retry),
        scriptedReply(completedEvent()),
      );
      const { hops } = await handle(sampleRoutedCall([first, second, third]));
      assert.deepEqual(asked(), ["1 us-east-1", "2 us-west-2", "3 eu-west-1"]);
      assert.deepEqual(hops, [hopIn("us-east-1"), hopIn("us-west-2")]);
    });
  }

  it("stops at an error that no endpoint can mend", async () => {
    const never = failure("us-east-1", "never");
    const { handle, asked } = start(never);
    const refusal = await refusalOf(() => handle(sampleRoutedCall([first, second])));
    assert.deepEqual(asked(), ["1 us-east-1"]);
    assert.equal(refusal.message, "us-east-1");
    assert.deepEqual(refusal.hops, [hopIn("us-east-1")]);
  });

  it("stops at a fault of the gateway's own", async () => {
    const { handle, asked } = start({ throws: new TypeError("ours") });
    const refusal = await refusalOf(() => handle(sampleRoutedCall([first, second])));
    assert.equal(refusal.code, Code.Internal);
    assert.equal(asked().length, 1);
  });

  it("ends with the last error and every hop when all endpoints fail", async () => {
    const { handle } = start(
      failure("us-east-1", "other-endpoint"),
      failure("us-west-2", "same-endpoint"),
    );
    const refusal = await refusalOf(() => handle(sampleRoutedCall([first, second])));
    assert.equal(refusal.message, "us-west-2");
    assert.deepEqual(refusal.hops, [hopIn("us-east-1"), hopIn("us-west-2")]);
  });

  it("asks nobody else when the caller has gone", async () => {
    const caller = new AbortController();
    const asked: Attempt[] = [];
    const handle = failover().wrap(async (attempt) => {
      asked.push(attempt);
      caller.abort();
      throw failure("us-east-1", "other-endpoint").throws;
    });
    await refusalOf(() => handle(sampleRoutedCall([first, second], { signal: caller.signal })));
    assert.equal(asked.length, 1);
  });
});
