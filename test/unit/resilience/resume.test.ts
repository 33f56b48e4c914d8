import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { sampleEndpoint } from "../../fakes/calls.ts";
import { sampleUsage, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { hopWords } from "../../fakes/hop-words.ts";
import { readAll, readUntilError } from "../../fakes/outcomes.ts";
import { type Answer, scriptedReply } from "../../fakes/scripted-handler.ts";
import {
  breaks,
  type Endpoints,
  east,
  ends,
  north,
  startResume,
  traits,
  unavailable,
  west,
} from "./resume-stage.ts";

function completedOf(events: readonly CompletionEvent[]) {
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return last.value;
}

describe("resume", () => {
  it("leaves a stream that does not break as it is", async () => {
    const { ask, asked } = startResume(ends("One ", "two"));
    assert.deepEqual((await readAll(await ask())).map(wordOf), ["One ", "two", "completed"]);
    assert.deepEqual(asked(), ["1 us-east-1 FIRST"]);
  });

  it("asks the next endpoint for the rest, and says so in between", async () => {
    const { ask, asked } = startResume(breaks("One ", "tw"), ends("o ", "three"));
    const events = await readAll(await ask());
    assert.deepEqual(events.map(wordOf), ["One ", "tw", "hop", "o ", "three", "completed"]);
    assert.deepEqual(asked(), ["1 us-east-1 FIRST", '2 us-west-2 RESUME "One tw"']);
  });

  it("tells of the stream that broke once: in an event, and in the answer's hops", async () => {
    const { ask } = startResume(breaks("One "), ends("two"));
    const events = await readAll(await ask());
    const completed = completedOf(events);
    assert.deepEqual(completed.hops.map(hopWords), [
      "FIRST us-east-1 FAILED STREAM_INTERRUPTED",
      "RESUME us-west-2 SUCCEEDED",
    ]);
    const [, told] = events;
    assert.ok(told?.case === "hop");
    assert.equal(told.value, completed.hops[0]);
    assert.deepEqual(told.value.usage, sampleUsage(8, 5));
    assert.equal(told.value.cost?.nanoUsd, 8n * 3000n + 5n * 15_000n);
    assert.equal(completed.region, "us-west-2", "who ended it");
  });

  it("tells the model how many tokens and attempts there were", async () => {
    const throttled = new GatewayError(Code.ResourceExhausted, ErrorReason.PROVIDER_THROTTLED, "", {
      retry: "other-endpoint",
    });
    const { ask, calls, asked } = startResume(
      { throws: throttled },
      breaks("One "),
      breaks("two "),
      ends("three"),
    );
    const events = await readAll(await ask([east, west, north]));
    assert.deepEqual(
      calls.map(({ continued }) => continued),
      [
        undefined,
        undefined,
        { text: "One ", outputTokens: 5, attempts: 2 },
        { text: "One two ", outputTokens: 10, attempts: 3 },
      ],
    );
    assert.deepEqual(asked(), [
      "1 us-east-1 FIRST",
      "2 us-west-2 FAILOVER",
      '3 eu-north-1 RESUME "One "',
      '4 us-east-1 RESUME "One two "',
    ]);
    assert.deepEqual(completedOf(events).hops.map(hopWords), [
      "FAILOVER us-west-2 FAILED STREAM_INTERRUPTED",
      "RESUME eu-north-1 FAILED STREAM_INTERRUPTED",
      "RESUME us-east-1 SUCCEEDED",
    ]);
  });

  it("asks the endpoint that broke last of all, and alone where there is no other", async () => {
    const down = { throws: unavailable() };
    const first = startResume(breaks("One "), down, ends("two"));
    const events = await readAll(await first.ask());
    assert.deepEqual(first.asked(), [
      "1 us-east-1 FIRST",
      '2 us-west-2 RESUME "One "',
      '3 us-east-1 FAILOVER "One "',
    ]);
    assert.deepEqual(
      events.map(wordOf),
      ["One ", "hop", "hop", "two", "completed"],
      "an attempt that failed meanwhile is told of too",
    );
    const alone = startResume(breaks("One "), ends("two"));
    await readAll(await alone.ask([east]));
    assert.deepEqual(alone.asked(), ["1 us-east-1 FIRST", '2 us-east-1 RESUME "One "']);
  });

  it("asks nobody who serves another model, or cannot go on with a text", async () => {
    const other = sampleEndpoint({ region: "eu-west-1", model: "anthropic.claude-x-v1:0", traits });
    const profile = sampleEndpoint({ region: "eu-west-1", model: `eu.${east.model}`, traits });
    const cannot = sampleEndpoint({ region: "eu-west-3" });
    const elsewhere = sampleEndpoint({ provider: "openai", family: "openai", traits });
    const { ask, asked } = startResume(breaks("One "), { throws: unavailable() }, ends("two"));
    await readAll(await ask([east, other, cannot, elsewhere, profile]));
    assert.deepEqual(asked().slice(1), [
      '2 eu-west-1 RESUME "One "',
      '3 us-east-1 FAILOVER "One "',
    ]);
  });
});

describe("resume ends as it would without, and tells every attempt and token, when", () => {
  async function endOf(script: readonly Answer[], endpoints?: Endpoints) {
    const { ask, asked } = startResume(...script);
    const { items, error } = await readUntilError(await ask(endpoints));
    assert.ok(error instanceof GatewayError);
    return { words: items.map(wordOf), error, asked };
  }

  it("the rest breaks off too often", async () => {
    const { words, error, asked } = await endOf([breaks("1 "), breaks("2 "), breaks("3 ")]);
    assert.deepEqual(words, ["1 ", "hop", "2 ", "hop", "3 "]);
    assert.equal(asked().length, 3);
    assert.equal(error.reason, ErrorReason.STREAM_INTERRUPTED);
    assert.equal(error.metadata.tokens_sent, "15");
    assert.deepEqual(error.hops.map(hopWords), [
      "FIRST us-east-1 FAILED STREAM_INTERRUPTED",
      "RESUME us-west-2 FAILED STREAM_INTERRUPTED",
      "RESUME us-east-1 FAILED STREAM_INTERRUPTED",
    ]);
  });

  it("it broke before and nobody is left who could go on: every attempt is told, once", async () => {
    const { words, error } = await endOf([
      { throws: unavailable() },
      breaks("1 "),
      { throws: unavailable() },
    ]);
    assert.deepEqual(words, ["1 "]);
    assert.deepEqual(error.hops.map(hopWords), [
      "FIRST us-east-1 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-west-2 FAILED STREAM_INTERRUPTED",
      "RESUME us-east-1 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-west-2 FAILED PROVIDER_UNAVAILABLE",
    ]);
  });

  it("nobody can go on with a text: the error tells of the attempts before the stream too", async () => {
    const mute = (region: string) => sampleEndpoint({ region });
    const { error, asked } = await endOf(
      [{ throws: unavailable() }, breaks("1 ")],
      [mute("us-east-1"), mute("us-west-2")],
    );
    assert.equal(asked().length, 2);
    assert.deepEqual(error.hops.map(hopWords), [
      "FIRST us-east-1 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-west-2 FAILED STREAM_INTERRUPTED",
    ]);
  });

  it("nobody gives the rest", async () => {
    const { words, error } = await endOf([breaks("1 "), { throws: unavailable() }]);
    assert.deepEqual(words, ["1 "]);
    assert.deepEqual(
      [error.code, error.reason, error.retry],
      [Code.Unavailable, ErrorReason.STREAM_INTERRUPTED, "never"],
    );
    assert.match(error.message, /^The stream broke after its first piece: Gone\./);
    assert.deepEqual(error.metadata, {
      tokens_sent: "5",
      interrupted_by: "PROVIDER_UNAVAILABLE",
    });
    assert.deepEqual(error.hops.map(hopWords), [
      "FIRST us-east-1 FAILED STREAM_INTERRUPTED",
      "RESUME us-west-2 FAILED PROVIDER_UNAVAILABLE",
      "FAILOVER us-east-1 FAILED PROVIDER_UNAVAILABLE",
    ]);
  });

  it("a fault of ours is in the way", async () => {
    const { error } = await endOf([breaks("1 "), { throws: new TypeError("ours") }]);
    assert.equal(error.reason, ErrorReason.STREAM_INTERRUPTED);
    assert.deepEqual(error.hops.map(hopWords).slice(1), ["RESUME us-west-2 FAILED INTERNAL"]);
  });

  it("a broken answer was what broke it off", async () => {
    const reason = ErrorReason.PROVIDER_MALFORMED_RESPONSE;
    const malformed = new GatewayError(Code.DataLoss, reason, "Nonsense.");
    const nonsense = () => scriptedReply(textEvent("1 "), { error: malformed });
    const { words, error } = await endOf([nonsense(), { throws: unavailable() }]);
    assert.deepEqual(words, ["1 "]);
    assert.deepEqual([error.code, error.reason], [Code.DataLoss, reason]);
    const mended = startResume(nonsense(), ends("2"));
    assert.equal((await readAll(await mended.ask())).map(wordOf).at(-2), "2");
  });
});
