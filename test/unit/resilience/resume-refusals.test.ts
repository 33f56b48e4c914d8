import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequest,
  HopOutcome,
  HopReason,
  ReasoningEffort,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { RoutedCall } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { resume } from "../../../server/resilience/resume.ts";
import { sampleEndpoint, sampleRequest, sampleRoutedCall } from "../../fakes/calls.ts";
import { deltaEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { readAll, readUntilError } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";
import {
  breaks,
  type Endpoints,
  east,
  ends,
  startResume,
  unavailable,
  west,
} from "./resume-stage.ts";

describe("resume is not tried", () => {
  const json = { format: { case: "jsonSchema", value: { name: "a", schema: {} } } } as const;
  const requests: readonly (readonly [string, CompleteRequest])[] = [
    ["tools are given", sampleRequest({ tools: [{ name: "weather" }] })],
    ["the answer is JSON of a schema", sampleRequest({ responseFormat: json })],
    ["the model is to reason", sampleRequest({ reasoning: { effort: ReasoningEffort.LOW } })],
    ["the model has a budget to reason", sampleRequest({ reasoning: { budgetTokens: 1024 } })],
  ];
  for (const [about, request] of requests) {
    it(`where ${about}`, () => assertAsToday([breaks("1 "), ends("2")], ["1 "], { request }));
  }

  const reasoning = deltaEvent({ piece: { case: "reasoning", value: { text: "Hm." } } });
  const tool = deltaEvent({ blockIndex: 1, piece: { case: "toolUse", value: { id: "1" } } });
  const long = "x".repeat(1024 * 1024);
  for (const [about, event] of [
    ["the model reasoned unasked", reasoning],
    ["a tool is being used", tool],
    ["the text has a second block", textEvent("two", 1)],
    ["the text is too long", textEvent(long)],
  ] as const) {
    it(`where ${about}`, () => {
      const broken = scriptedReply(textEvent("1 "), event, { error: unavailable() });
      return assertAsToday([broken, ends("2")], ["1 ", wordOf(event)]);
    });
  }

  for (const [about, error] of [
    ["the caller left", GatewayError.cancelled()],
    ["the deadline passed", GatewayError.deadlineExceeded()],
    ["the gateway shuts down", GatewayError.draining()],
    ["the gateway itself failed", new TypeError("ours")],
    [
      "the provider rejects the request",
      new GatewayError(Code.InvalidArgument, ErrorReason.PROVIDER_REJECTED, "No."),
    ],
  ] as const) {
    it(`where ${about}`, () =>
      assertAsToday([scriptedReply(textEvent("1 "), { error }), ends("2")], ["1 "]));
  }

  it("where reasoning is switched off, it is", async () => {
    const request = sampleRequest({ reasoning: { effort: ReasoningEffort.NONE } });
    const { ask, asked } = startResume(breaks("1 "), ends("2"));
    await readAll(await ask([east, west], { request }));
    assert.equal(asked().length, 2);
  });

  it("where no model of the route goes on with a text", () =>
    assertAsToday([breaks("1 "), ends("2")], ["1 "], {}, [sampleEndpoint()]));

  it("of a unary answer, which costs nothing", async () => {
    const reply = ends("1");
    const handler = scriptedHandler<RoutedCall>(reply);
    const handle = resume({ isOn: true }).wrap(handler.handle);
    const answer = await handle(sampleRoutedCall([east, west], { delivery: "unary" }));
    assert.equal(answer.events, reply.events);
  });

  it("where it is switched off, which costs nothing", async () => {
    const reply = breaks("1 ");
    const handle = resume({ isOn: false }).wrap(scriptedHandler<RoutedCall>(reply).handle);
    assert.equal((await handle(sampleRoutedCall([east, west]))).events, reply.events);
  });

  async function assertAsToday(
    script: readonly Answer[],
    words: readonly string[],
    change: Partial<RoutedCall> = {},
    endpoints: Endpoints = [east, west],
  ): Promise<void> {
    const { ask, calls } = startResume(...script);
    const { items, error } = await readUntilError(await ask(endpoints, change));
    assert.deepEqual(items.map(wordOf), words);
    assert.equal(calls.length, 1);
    assert.ok(error instanceof GatewayError);
    assert.deepEqual(
      error.hops.map(({ reason, outcome }) => [reason, outcome !== HopOutcome.SUCCEEDED]),
      [[HopReason.FIRST, true]],
    );
  }
});
