import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { RoutedCall } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import { resume } from "../../../server/resilience/resume.ts";
import { sampleRoutedCall } from "../../fakes/calls.ts";
import { textEvent, wordOf } from "../../fakes/completion-events.ts";
import { readUntilError, settle } from "../../fakes/outcomes.ts";
import { scriptedReply } from "../../fakes/scripted-handler.ts";
import { east, ends, west } from "./resume-stage.ts";

describe("resume, while somebody is being asked for the rest,", () => {
  /** A stream that breaks, and a second attempt that lasts until it is called off. */
  function startPending() {
    let begun: RoutedCall | undefined;
    let answer: (reply: ReturnType<typeof ends>) => void = () => {};
    const handle = resume({ isOn: true }).wrap(async (call) => {
      if (!call.continued) {
        const error = new GatewayError(Code.Unavailable, ErrorReason.STREAM_INTERRUPTED, "Gone.", {
          metadata: { tokens_sent: "1" },
        });
        return scriptedReply(textEvent("1 "), { error });
      }
      begun = call;
      return new Promise((resolve, reject) => {
        answer = resolve;
        call.signal.addEventListener("abort", () => reject(call.signal.reason));
      });
    });
    return {
      handle,
      asked: () => begun,
      answer: (reply: ReturnType<typeof ends>) => answer(reply),
    };
  }

  it("calls it off when the deadline passes, and ends with that", async () => {
    const caller = new AbortController();
    const { handle, asked } = startPending();
    const { events } = await handle(sampleRoutedCall([east, west], { signal: caller.signal }));
    const reading = readUntilError(events);
    await settle();
    assert.ok(asked());
    caller.abort(GatewayError.deadlineExceeded());
    const { items, error } = await reading;
    assert.deepEqual(items.map(wordOf), ["1 "]);
    assert.ok(error instanceof GatewayError);
    assert.equal(error.reason, ErrorReason.DEADLINE_EXCEEDED);
    assert.equal(error.metadata.tokens_sent, undefined);
  });

  it("calls it off when the reader leaves", async () => {
    const { handle, asked } = startPending();
    const { events } = await handle(sampleRoutedCall([east, west]));
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    const read = iterator.next();
    await settle();
    assert.equal(asked()?.signal.aborted, false);
    await iterator.return?.();
    assert.equal(asked()?.signal.aborted, true);
    assert.deepEqual(await read, { done: true, value: undefined });
  });

  it("closes what comes when the reader has left", async () => {
    const { handle, answer } = startPending();
    const { events } = await handle(sampleRoutedCall([east, west]));
    const iterator = events[Symbol.asyncIterator]();
    await iterator.next();
    const read = iterator.next();
    await settle();
    const late = ends("2");
    answer(late);
    await iterator.return?.();
    assert.deepEqual(await read, { done: true, value: undefined });
    assert.equal(late.events.closes, 1);
  });
});
