import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { CompletionEvent } from "../../../../server/core/reply.ts";
import { linkAbort } from "../../../../server/core/signals.ts";
import { createEnding } from "../../../../server/providers/bedrock/answer-ending.ts";
import { readStream } from "../../../../server/providers/bedrock/read-stream.ts";
import type { StreamDecoder } from "../../../../server/providers/codec-parts/stream-decoder.ts";
import { sampleEndpoint } from "../../../fakes/calls.ts";
import {
  completedEvent,
  sampleUsage,
  textEvent,
  wordOf,
} from "../../../fakes/completion-events.ts";
import { isSettled, readAll, readUntilError, settle } from "../../../fakes/outcomes.ts";
import { sdkError } from "../../../fakes/provider-errors.ts";

/** A batch of chunks, an error in their place, or silence until the request is aborted. */
type Read = readonly unknown[] | { readonly error: unknown } | "silence";

/** Chunks are words of the answer; `.` is its end, `?` is an error in band. */
function decoderOf(change: Partial<StreamDecoder> = {}): StreamDecoder {
  return {
    push(chunk) {
      if (chunk === "?") throw new GatewayError(14, ErrorReason.PROVIDER_UNAVAILABLE, "In band.");
      return [chunk === "." ? completedEvent() : textEvent(String(chunk))];
    },
    usageSoFar: () => sampleUsage(3, 2),
    ...change,
  };
}

function openStream(reads: readonly Read[], change: Partial<StreamDecoder> = {}) {
  const link = linkAbort(new AbortController().signal);
  const rest = [...reads];
  let readCount = 0;
  const batches: AsyncIterableIterator<readonly unknown[]> = {
    async next() {
      readCount += 1;
      const read = rest.shift();
      if (read === undefined) return { done: true, value: undefined };
      if (read === "silence") {
        await new Promise((_, reject) => {
          link.signal.addEventListener("abort", () => reject(new Error("aborted")));
        });
      }
      if (typeof read === "object" && "error" in read) throw read.error;
      return { done: false, value: read as readonly unknown[] };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  const answer = { headers: {}, requestId: "r-1", batches };
  const ending = createEnding("invoke", answer.headers);
  const decoder = decoderOf(change);
  const events = readStream({ answer, decoder, ending, endpoint: sampleEndpoint(), link });
  return { events, link, reads: () => readCount };
}

const words = (events: readonly CompletionEvent[]) => events.map(wordOf);

describe("a stream of Bedrock", () => {
  it("brings the events of its batches, those that came together joined", async () => {
    const { events } = openStream([["a", "b"], ["c"], ["d", "."]]);
    assert.deepEqual(words(await readAll(events)), ["ab", "c", "d", "completed"]);
  });

  it("is read on behind completed, so that its connection can be used again", async () => {
    const { events, link, reads } = openStream([["a", "."], ["noise"], []]);
    await readAll(events);
    await settle();
    assert.equal(reads(), 4);
    assert.equal(link.signal.aborted, false);
  });

  it("is aborted at completed when the gateway has cut it short", async () => {
    const { events, link, reads } = openStream([["a", "."], "silence"], { isCutShort: true });
    assert.deepEqual(words(await readAll(events)), ["a", "completed"]);
    assert.equal(link.signal.aborted, true);
    assert.equal(reads(), 1);
  });

  it("is over at completed, whatever comes in the same batch", async () => {
    const { events } = openStream([["a", ".", "b", "?"]]);
    assert.deepEqual(words(await readAll(events)), ["a", "completed"]);
  });

  it("takes what its decoder held back to the end", async () => {
    const end = () => [textEvent("c"), completedEvent()];
    const { events } = openStream([["a"]], { end });
    assert.deepEqual(words(await readAll(events)), ["a", "c", "completed"]);
  });

  for (const [about, reads, end] of [
    ["ends without completed", [["a"]], undefined],
    ["ends without completed although its decoder had something left", [["a"]], () => []],
  ] satisfies [string, Read[], StreamDecoder["end"]][]) {
    it(`is malformed when it ${about}`, async () => {
      const { events, link } = openStream(reads, end ? { end } : {});
      const { items, error } = await readUntilError(events);
      assert.deepEqual(words(items), ["a"]);
      assert.ok(error instanceof GatewayError);
      assert.equal(error.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
      assert.equal(link.signal.aborted, true);
    });
  }

  for (const [about, reads] of [
    ["in band, in the middle of a batch", [["a"], ["b", "?", "c"]]],
    ["of the transport", [["a"], ["b"], { error: sdkError("overloadedException") }]],
  ] satisfies [string, Read[]][]) {
    it(`ends with an error ${about}, after what came before it`, async () => {
      const { events, link } = openStream(reads);
      const { items, error } = await readUntilError(events);
      assert.equal(words(items).join(""), "ab");
      assert.ok(error instanceof GatewayError);
      assert.equal(error.reason, ErrorReason.PROVIDER_UNAVAILABLE);
      assert.equal(error.providerRequestId, "r-1");
      assert.equal(error.usage?.outputTokens, 2);
      assert.equal(link.signal.aborted, true);
      assert.deepEqual(await events.next(), { done: true, value: undefined });
    });
  }

  it("ends with the abort's own error when somebody aborts it", async () => {
    const { events, link } = openStream([["a"], "silence"]);
    await events.next();
    const next = events.next();
    link.abort(GatewayError.deadlineExceeded());
    await assert.rejects(next, GatewayError.deadlineExceeded());
  });

  it("is aborted when its reader leaves, even while a read is under way", async () => {
    const { events, link } = openStream([["a"], "silence"]);
    await events.next();
    const next = events.next();
    assert.equal(await isSettled(next), false);
    await events.return?.();
    assert.equal(link.signal.aborted, true);
    await assert.rejects(next);
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });

  it("is not aborted when its reader leaves after completed", async () => {
    const { events, link } = openStream([["."]]);
    await events.next();
    await events.return?.();
    assert.equal(link.signal.aborted, false);
  });
});
