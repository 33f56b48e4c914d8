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
import type { Attempt, Endpoint, RoutedCall } from "../../../server/core/call.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { createEndpointRecords } from "../../../server/resilience/endpoint-records.ts";
import { failover } from "../../../server/resilience/failover.ts";
import { hop } from "../../../server/resilience/hop.ts";
import { resume } from "../../../server/resilience/resume.ts";
import { sampleEndpoint, sampleRequest, sampleRoutedCall } from "../../fakes/calls.ts";
import {
  completedEvent,
  deltaEvent,
  sampleUsage,
  textEvent,
  wordOf,
} from "../../fakes/completion-events.ts";
import { hopWords, reasonWord } from "../../fakes/hop-words.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { readAll, readUntilError, settle } from "../../fakes/outcomes.ts";
import { type Answer, scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const traits = { refuses: new Set<never>(), continuation: "prefill" as const };
const east = sampleEndpoint({ region: "us-east-1", traits });
const west = sampleEndpoint({ region: "us-west-2", traits });
const north = sampleEndpoint({ region: "eu-north-1", traits });

const unavailable = (outputTokens = 5) =>
  new GatewayError(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "Gone.", {
    retry: "same-endpoint",
    usage: sampleUsage(8, outputTokens),
  });
/** A stream that breaks after these pieces. */
const breaks = (...pieces: readonly string[]) =>
  scriptedReply(...pieces.map((piece) => textEvent(piece)), { error: unavailable() });
const ends = (...pieces: readonly string[]) =>
  scriptedReply(...pieces.map((piece) => textEvent(piece)), completedEvent());

type Endpoints = readonly [Endpoint, ...Endpoint[]];

/** Resume over failover and hop, over attempts by a script. */
function start(...script: readonly Answer[]) {
  const clock = createManualClock();
  const records = createEndpointRecords({ clock });
  const handler = scriptedHandler<Attempt>(...script);
  const answering = async (attempt: Attempt) => {
    const reply = await handler.handle(attempt);
    return { ...reply, endpoint: attempt.endpoint };
  };
  const below = failover({ clock, records }).wrap(hop({ clock }).wrap(answering));
  const handle = resume({ isOn: true }).wrap(below);
  const ask = async (
    endpoints: Endpoints = [east, west],
    change: Partial<RoutedCall> = {},
  ): Promise<AsyncIterable<CompletionEvent>> =>
    (await handle(sampleRoutedCall(endpoints, { deadlineMs: 1_000_000, ...change }))).events;
  const asked = () =>
    handler.calls.map(({ number, endpoint, reason, continued }) =>
      [number, endpoint.region, reasonWord(reason), JSON.stringify(continued?.text)]
        .filter(Boolean)
        .join(" "),
    );
  return { ask, asked, calls: handler.calls };
}

function completedOf(events: readonly CompletionEvent[]) {
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return last.value;
}

describe("resume", () => {
  it("leaves a stream that does not break as it is", async () => {
    const { ask, asked } = start(ends("One ", "two"));
    assert.deepEqual((await readAll(await ask())).map(wordOf), ["One ", "two", "completed"]);
    assert.deepEqual(asked(), ["1 us-east-1 FIRST"]);
  });

  it("asks the next endpoint for the rest, and says so in between", async () => {
    const { ask, asked } = start(breaks("One ", "tw"), ends("o ", "three"));
    const events = await readAll(await ask());
    assert.deepEqual(events.map(wordOf), ["One ", "tw", "hop", "o ", "three", "completed"]);
    assert.deepEqual(asked(), ["1 us-east-1 FIRST", '2 us-west-2 RESUME "One tw"']);
  });

  it("tells of the stream that broke once: in an event, and in the answer's hops", async () => {
    const { ask } = start(breaks("One "), ends("two"));
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
    const { ask, calls, asked } = start(
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
    const first = start(breaks("One "), down, ends("two"));
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
    const alone = start(breaks("One "), ends("two"));
    await readAll(await alone.ask([east]));
    assert.deepEqual(alone.asked(), ["1 us-east-1 FIRST", '2 us-east-1 RESUME "One "']);
  });

  it("asks nobody who serves another model, or cannot go on with a text", async () => {
    const other = sampleEndpoint({ region: "eu-west-1", model: "anthropic.claude-x-v1:0", traits });
    const profile = sampleEndpoint({ region: "eu-west-1", model: `eu.${east.model}`, traits });
    const cannot = sampleEndpoint({ region: "eu-west-3" });
    const elsewhere = sampleEndpoint({ provider: "openai", family: "openai", traits });
    const { ask, asked } = start(breaks("One "), { throws: unavailable() }, ends("two"));
    await readAll(await ask([east, other, cannot, elsewhere, profile]));
    assert.deepEqual(asked().slice(1), [
      '2 eu-west-1 RESUME "One "',
      '3 us-east-1 FAILOVER "One "',
    ]);
  });
});

describe("resume ends as it would without, and tells every attempt and token, when", () => {
  async function endOf(script: readonly Answer[], endpoints?: Endpoints) {
    const { ask, asked } = start(...script);
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
    const mended = start(nonsense(), ends("2"));
    assert.equal((await readAll(await mended.ask())).map(wordOf).at(-2), "2");
  });
});

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
    const { ask, asked } = start(breaks("1 "), ends("2"));
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
    const { ask, calls } = start(...script);
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
