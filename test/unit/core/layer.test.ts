import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HopReason } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, Call, RoutedCall } from "../../../server/core/call.ts";
import { type Layer, type Pipeline, stack } from "../../../server/core/layer.ts";
import { sampleCall, sampleEndpoint, sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const reply = scriptedReply(completedEvent());

function noting(name: string, notes: string[]): Layer {
  return {
    name,
    wrap: (next) => async (call) => {
      notes.push(`${name} in`);
      const answer = await next(call);
      notes.push(`${name} out`);
      return answer;
    },
  };
}

const routing: Layer<Call, RoutedCall> = {
  name: "routing",
  wrap: (next) => (call) => next({ ...sampleRoutedCall(), id: call.id }),
};
const trying: Layer<RoutedCall, Attempt> = {
  name: "trying",
  wrap: (next) => (call) =>
    next({ ...call, endpoint: sampleEndpoint(), number: 1, reason: HopReason.FIRST }),
};

function namesOf({ layers }: Pipeline): string[] {
  return layers.map(({ name }) => name);
}

describe("stack", () => {
  it("runs its layers from the outside in, and out again", async () => {
    const notes: string[] = [];
    const handler = scriptedHandler(reply);
    const pipeline = stack()
      .push(noting("a", notes), "why")
      .push(noting("b", notes), "why")
      .over(handler.handle);
    assert.deepEqual(pipeline.layers, [
      { name: "a", reason: "why" },
      { name: "b", reason: "why" },
    ]);
    assert.equal(await pipeline.handle(sampleCall()), reply);
    assert.deepEqual(notes, ["a in", "b in", "b out", "a out"]);
    assert.equal(handler.calls.length, 1);
  });

  it("without layers is the handler itself", async () => {
    const { handle } = scriptedHandler<Call>(reply);
    assert.equal(stack().over(handle).handle, handle);
  });

  it("hands on what a layer adds to the call", async () => {
    const handler = scriptedHandler<Attempt>(reply);
    await stack()
      .push(routing, "why")
      .push(trying, "why")
      .over(handler.handle)
      .handle(sampleCall({ id: "7" }));
    assert.equal(handler.calls[0]?.id, "7");
    assert.deepEqual(handler.calls[0]?.endpoint, sampleEndpoint());
  });

  it("refuses two layers of one name", () => {
    const once = stack().push(noting("a", []), "why").push(noting("b", []), "why");
    assert.throws(() => once.push(noting("a", []), "why"), /the layer a stands twice/);
  });

  it("leaves the stack that it grew from as it was", () => {
    const trunk = stack().push(noting("a", []), "why");
    const { handle } = scriptedHandler(reply);
    const branches = ["b", "c"]
      .map((name) => trunk.push(noting(name, []), "why").over(handle))
      .map(namesOf);
    assert.deepEqual(branches, [
      ["a", "b"],
      ["a", "c"],
    ]);
    assert.deepEqual(namesOf(trunk.over(handle)), ["a"]);
  });

  it("does not let a layer stand where its input does not exist yet", () => {
    // @ts-expect-error a layer of attempts needs a route first
    stack().push(trying, "why");
    // @ts-expect-error a handler of attempts needs attempts
    stack().push(routing, "why").over(scriptedHandler<Attempt>(reply).handle);
  });
});
