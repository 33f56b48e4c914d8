import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { Role } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Attempt, RoutedCall } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { ShadowOptions } from "../../../server/shadow/shadow.ts";
import { sampleRequest } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { scriptedHandler } from "../../fakes/scripted-handler.ts";
import {
  askOnce,
  call,
  lyon,
  paris,
  primarySays,
  readAll,
  shadowSays,
  stage,
} from "../../fakes/shadow-stage.ts";

describe("calls that are sampled and not copied", () => {
  const notServed = () => {
    throw new GatewayError(Code.FailedPrecondition, ErrorReason.MODEL_NOT_SERVED, "Not there.");
  };
  const reasoned = sampleRequest({
    messages: [
      { role: Role.USER, content: [{ block: { case: "text", value: { text: "Why?" } } }] },
      {
        role: Role.ASSISTANT,
        content: [{ block: { case: "reasoning", value: { text: "Hm.", signature: "s" } } }],
      },
      { role: Role.USER, content: [{ block: { case: "text", value: { text: "And?" } } }] },
    ],
  });
  const cases: ReadonlyArray<
    readonly [reason: string, asked: RoutedCall, change: Partial<ShadowOptions>]
  > = [
    ["pinned", call({ request: sampleRequest({ provider: "openai" }) }), {}],
    ["reasoning", call({ request: reasoned }), {}],
    ["not_served", call(), { routeTo: notServed }],
    ["cost", call(), { maxUsdPerHour: 0 }],
    ["busy", call(), { maxConcurrent: 0 }],
  ];
  for (const [reason, asked, change] of cases) {
    it(`are counted as ${reason}`, async () => {
      const shadow = scriptedHandler<Attempt>(lyon());
      const { box, events } = await askOnce(shadow.handle, change, asked);
      await box.until(1);
      assert.deepEqual(events.map(wordOf), ["It is ", "Paris.", "completed"]);
      assert.deepEqual([box.drops, box.results, shadow.calls], [[reason], [], []]);
    });
  }

  for (const reason of ["BUDGET_EXCEEDED", "MODEL_NOT_PRICED", "LEDGER_UNAVAILABLE"] as const) {
    it(`are those that nobody pays for: ${reason}`, async () => {
      const error = new GatewayError(Code.ResourceExhausted, ErrorReason[reason], "no room");
      const { box, events } = await askOnce(() => Promise.reject(error));
      await box.until(1);
      assert.equal(events.length, 3);
      assert.deepEqual([box.drops, box.results], [["budget"], []]);
    });
  }

  it("are those above the limit under load, and the primary answers all the same", async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const ask = async () => {
      await release;
      return lyon();
    };
    const { handle, box } = stage(async () => paris(), ask, { maxConcurrent: 3 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => readAll(await handle(call()))),
    );
    assert.ok(answers.every((events) => events.length === 3));
    assert.deepEqual(box.drops, Array(47).fill("busy"));
    resolve();
    await box.until(50);
    assert.equal(box.results.length, 3);
    await readAll(await handle(call()));
    await box.until(51);
    assert.equal(box.results.length, 4, "there is room again");
  });

  it("are those after the hour's amount is spent, until the next hour", async () => {
    const dear = () =>
      shadowSays(textEvent("It is Lyon."), completedEvent({ cost: { nanoUsd: 2_000_000_000n } }));
    const { handle, box, clock } = stage(
      async () => paris(),
      async () => dear(),
      { maxUsdPerHour: 1.5 },
    );
    const once = async (count: number) => {
      await readAll(await handle(call()));
      await box.until(count);
    };
    await once(1);
    await once(2);
    assert.deepEqual(box.drops, ["cost"]);
    clock.advance(3_600_000);
    await once(3);
    assert.equal(box.results.length, 2);
  });

  it("are those that are under way or come when the gateway stops", async () => {
    const { handle, box, close } = await askOnce(() => new Promise(() => {}));
    close();
    await box.until(1);
    await readAll(await handle(call()));
    assert.deepEqual(box.drops, ["closing", "closing"]);
  });

  it("are those whose own answer has no end when the gateway stops", async () => {
    const hanging = async () => primarySays(textEvent("It is "), "silence");
    const { promise: isAsked, resolve } = Promise.withResolvers<void>();
    const ask = async () => {
      resolve();
      return lyon();
    };
    const { handle, box, close } = stage(hanging, ask);
    await handle(call());
    await isAsked;
    await new Promise(setImmediate);
    close();
    await box.until(1);
    assert.deepEqual(box.drops, ["closing"]);
  });
});
