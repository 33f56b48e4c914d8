import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { GatewayCallError, isGatewayCallError } from "../../../client/sdk/node.ts";
import { clientOf, completed, delta, event, started, untilGivenUp } from "./stand-in-gateway.ts";

const good = [started, delta("Par"), delta("is"), completed];

const answering = (...events: typeof good) => clientOf({ completeStream: () => iterate(events) });

async function* iterate<T>(values: readonly T[]) {
  yield* values;
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A stream that never ends by itself, and a promise of when the server saw that it was given up. */
function endless() {
  const givenUp = Promise.withResolvers<void>();
  const client = clientOf({
    async *completeStream(_, { signal }) {
      signal.addEventListener("abort", () => givenUp.resolve());
      yield started;
      yield delta("one");
      await untilGivenUp(signal);
    },
  });
  return { client, givenUp: givenUp.promise };
}

describe("a completion stream", () => {
  it("is a loop over the text alone", async () => {
    const reasoning = event({
      case: "delta",
      value: { piece: { case: "reasoning", value: { text: "hm" } } },
    });
    const hop = event({ case: "hop", value: {} });
    const stream = answering(started, reasoning, delta("Par"), hop, delta("is"), completed);
    assert.deepEqual(await collect(stream.stream("hi")), ["Par", "is"]);
  });

  it("gives every event of the contract on request", async () => {
    const events = await collect(answering(...good).stream("hi").events);
    assert.deepEqual(
      events.map(({ event }) => event.case),
      ["started", "delta", "delta", "completed"],
    );
  });

  it("has its summary at hand after the loop, and its request id from the first event on", async () => {
    const stream = answering(...good).stream("hi");
    assert.equal(stream.requestId, undefined);
    for await (const _ of stream) assert.equal(stream.requestId, "request-1");
    assert.equal((await stream.summary()).model, "model-1");
    assert.equal(await stream.text(), "Paris");
  });

  it("reads what is left when asked for its summary or text, and loses none of it to later readers", async () => {
    const stream = answering(...good).stream("hi");
    const summary = stream.summary();
    assert.deepEqual(await collect(stream), ["Par", "is"]);
    assert.equal((await summary).model, "model-1");
  });

  it("gives several readers at once all of it", async () => {
    const stream = answering(...good).stream("hi");
    const [one, two, text] = await Promise.all([collect(stream), collect(stream), stream.text()]);
    assert.deepEqual([one, two, text], [["Par", "is"], ["Par", "is"], "Paris"]);
  });

  it("sends nothing until it is read", async () => {
    let calls = 0;
    const client = clientOf({
      completeStream() {
        calls += 1;
        return iterate(good);
      },
    });
    const stream = client.stream("hi");
    assert.equal(calls, 0);
    await stream.text();
    await stream.text();
    assert.equal(calls, 1);
  });

  it("cancels the call when its reader leaves the loop", async () => {
    const { client, givenUp } = endless();
    const stream = client.stream("hi");
    for await (const text of stream) {
      assert.equal(text, "one");
      break;
    }
    await givenUp;
    await assert.rejects(stream.summary(), withCode(Code.Canceled));
  });

  it("cancels the call at once when its reader leaves while a piece is awaited", async () => {
    const { client, givenUp } = endless();
    const reader = client.stream("hi")[Symbol.asyncIterator]();
    await reader.next();
    const second = reader.next();
    await reader.return?.();
    await assert.rejects(second, withCode(Code.Canceled));
    await givenUp;
  });

  it("never makes a call that its reader left before the first read", async () => {
    const { client } = endless();
    const stream = client.stream("hi");
    await stream[Symbol.asyncIterator]().return?.();
    await assert.rejects(stream.text(), withCode(Code.Canceled));
  });

  it("is cancelled by its signal, before the call and in the middle of it", async () => {
    const { client, givenUp } = endless();
    const abort = new AbortController();
    const reason = new Error("enough");
    const pieces: string[] = [];
    await assert.rejects(async () => {
      for await (const text of client.stream("hi", { signal: abort.signal })) {
        pieces.push(text);
        abort.abort(reason);
      }
    }, withCode(Code.Canceled));
    await givenUp;
    assert.deepEqual(pieces, ["one"]);
    await assert.rejects(client.stream("hi", { signal: abort.signal }).text(), (error) => {
      assert.ok(isGatewayCallError(error, "CANCELLED"));
      assert.equal((error.cause as Error).cause, reason);
      return true;
    });
  });

  it("ends with DeadlineExceeded when its deadline passes", async () => {
    const { client } = endless();
    await assert.rejects(client.stream("hi", { timeoutMs: 5 }).text(), (error) => {
      assert.ok(isGatewayCallError(error, "DEADLINE_EXCEEDED"));
      assert.equal(error.code, Code.DeadlineExceeded);
      return true;
    });
  });

  it("fails, after the text so far, when it ends without `completed`", async () => {
    for (const events of [[], [started], [started, delta("Par")]]) {
      const stream = answering(...events).stream("hi");
      const pieces: string[] = [];
      const loop = async () => {
        for await (const text of stream) pieces.push(text);
      };
      for (const read of [loop, () => stream.text(), () => stream.summary()]) {
        await assert.rejects(read(), (error) => {
          assert.ok(isGatewayCallError(error, "STREAM_TRUNCATED"));
          assert.equal(error.code, Code.DataLoss);
          return true;
        });
      }
      assert.deepEqual(pieces, events.length > 1 ? ["Par"] : []);
    }
  });

  it("gives the text so far and then the error of a stream that breaks", async () => {
    const client = clientOf({
      async *completeStream() {
        yield started;
        yield delta("Par");
        throw new ConnectError("broken", Code.Unavailable);
      },
    });
    const stream = client.stream("hi");
    const pieces: string[] = [];
    await assert.rejects(async () => {
      for await (const text of stream) pieces.push(text);
    }, withCode(Code.Unavailable));
    assert.deepEqual(pieces, ["Par"]);
    assert.equal(stream.requestId, "request-1");
  });

  it("leaves no rejection unhandled when nobody asks for its summary", async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on("unhandledRejection", note);
    await assert.rejects(collect(answering(started).stream("hi")));
    for await (const _ of endless().client.stream("hi")) break;
    answering(started).stream("nobody reads this");
    await new Promise(setImmediate);
    process.off("unhandledRejection", note);
    assert.deepEqual(unhandled, []);
  });
});

function withCode(code: Code) {
  return (error: unknown) => {
    assert.ok(error instanceof GatewayCallError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
