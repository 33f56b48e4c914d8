import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { HopOutcome, HopSchema } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { Handler } from "../../../../server/core/layer.ts";
import type { CompletionEvent } from "../../../../server/core/reply.ts";
import { sampleCall } from "../../../fakes/calls.ts";
import {
  completedEvent,
  deltaEvent,
  sampleUsage,
  textEvent,
} from "../../../fakes/completion-events.ts";
import { scriptedReply } from "../../../fakes/scripted-handler.ts";
import { eventsOf, forbidden, readOut, setUp } from "./filter-stage.ts";
import type { Forbidden } from "./rules.ts";

describe("the content filter on answers", () => {
  const through = async (rules: Forbidden, ...events: readonly CompletionEvent[]) => {
    const { handle } = setUp(rules, { next: async () => scriptedReply(...events) });
    return handle(sampleCall());
  };

  it("holds back the word that could be the beginning of what is forbidden, and no more", async () => {
    const reply = await through(
      forbidden,
      textEvent("We wrote a gr"),
      textEvent("eat grant "),
      textEvent("application."),
      completedEvent(),
    );
    const events = await eventsOf(reply);
    assert.deepEqual(
      events.map((event) => event.case === "delta" && event.value.piece.value),
      ["We wrote a ", "great ", "grant application.", false],
    );
  });

  it("gives on what it held when a block ends, in its place", async () => {
    const reply = await through(
      forbidden,
      textEvent("a grant"),
      deltaEvent({
        blockIndex: 1,
        piece: { case: "toolUse", value: { id: "1", name: "f", inputJson: "" } },
      }),
      deltaEvent({
        blockIndex: 1,
        piece: { case: "toolUse", value: { id: "", name: "", inputJson: '{"a":"grant' } },
      }),
      deltaEvent({
        blockIndex: 1,
        piece: { case: "toolUse", value: { id: "", name: "", inputJson: '"}' } },
      }),
      textEvent("gra", 2),
      completedEvent(),
    );
    const events = await eventsOf(reply);
    const words = events.map((event) => {
      if (event.case !== "delta") return event.case;
      const { blockIndex, piece } = event.value;
      const said =
        piece.case === "toolUse" ? `${piece.value.name}${piece.value.inputJson}` : piece.value;
      return `${blockIndex} ${said}`;
    });
    assert.deepEqual(words, [
      "0 a ",
      "0 grant",
      "1 f",
      '1 {"a":"',
      '1 grant"}',
      "2 gra",
      "completed",
    ]);
  });

  it("keeps the model's reasoning and its signature together", async () => {
    const reasoning = (text: string, signature = "") =>
      deltaEvent({ piece: { case: "reasoning", value: { text, signature } } });
    const reply = await through(
      forbidden,
      reasoning("a grant"),
      reasoning("", "signed"),
      completedEvent(),
    );
    const events = await eventsOf(reply);
    const pieces = events.flatMap((event) =>
      event.case === "delta" && event.value.piece.case === "reasoning"
        ? [`${event.value.piece.value.text}|${event.value.piece.value.signature}`]
        : [],
    );
    assert.deepEqual(pieces, ["a |", "grant|signed"]);
  });

  for (const [where, event] of [
    ["a text", textEvent("my Grant Proposal!")],
    [
      "a tool's arguments",
      deltaEvent({
        piece: { case: "toolUse", value: { inputJson: '{"a":"grant\\u0020proposal"}' } },
      }),
    ],
    ["reasoning", deltaEvent({ piece: { case: "reasoning", value: { text: "grant proposal." } } })],
  ] as const) {
    it(`refuses what stands in ${where}`, async () => {
      const reply = await through(forbidden, event, completedEvent());
      const { error } = await readOut(reply);
      assert.equal(error?.reason, ErrorReason.BLOCKED_BY_POLICY);
      assert.deepEqual(error.metadata, { policy: "p", rule: "words", direction: "response" });
    });
  }

  it("finds at the end of the answer what only its end decides, and knows what it took", async () => {
    const hop = create(HopSchema, { outcome: HopOutcome.SUCCEEDED, usage: sampleUsage() });
    const reply = await through(
      forbidden,
      textEvent("the grant proposal"),
      completedEvent({ hops: [hop] }),
    );
    const { text, error } = await readOut(reply);
    assert.equal(text, "the ");
    assert.equal(error?.code, Code.FailedPrecondition);
    assert.deepEqual(error.hops, [hop]);
    assert.deepEqual(error.usage, sampleUsage());
  });

  it("stops the provider, and takes over its account, when a stream is refused", async () => {
    const hop = create(HopSchema, { outcome: HopOutcome.CANCELLED });
    const answer = scriptedReply(
      textEvent("Here is the grant "),
      textEvent("proposal: "),
      "silence",
    );
    let below: AbortSignal | undefined;
    const next: Handler = async ({ signal }) => {
      below = signal;
      signal.addEventListener("abort", async () => {
        await turn();
        answer.events.arrive({ error: signal.reason.with({ hops: [hop], usage: sampleUsage() }) });
      });
      return answer;
    };
    const { handle, clock, refusals } = setUp(forbidden, { next });
    const { text, error } = await readOut(await handle(sampleCall()));
    assert.equal(text, "Here is the ");
    assert.equal(below?.reason.reason, ErrorReason.BLOCKED_BY_POLICY);
    assert.equal(error?.reason, ErrorReason.BLOCKED_BY_POLICY);
    assert.deepEqual([error.hops, error.usage], [[hop], sampleUsage()]);
    assert.equal(refusals.length, 1);
    assert.equal(clock.armed, 0);
  });

  it("refuses within a second even when the provider does not say what it took", async () => {
    const silent = scriptedReply(textEvent("grant proposal."), "silence");
    const { handle, clock } = setUp(forbidden, { next: async () => silent });
    const reading = readOut(await handle(sampleCall()));
    for (let n = 0; n < 20; n++) await Promise.resolve();
    clock.advance(1000);
    const { text, error } = await reading;
    assert.deepEqual([text, error?.reason], ["", ErrorReason.BLOCKED_BY_POLICY]);
    assert.ok(silent.events.closes > 0);
  });

  it("leaves the account of a replay to the call whose answer it was", async () => {
    const replay = {
      ...scriptedReply(textEvent("grant proposal!"), completedEvent()),
      replayOf: "x",
    };
    const { handle } = setUp(forbidden, { next: async () => replay });
    const { error } = await readOut(await handle(sampleCall({ delivery: "unary" })));
    assert.deepEqual([error?.hops, error?.usage], [[], undefined]);
  });

  it("does not stop a whole answer, which may be kept for whoever asks again", async () => {
    let signal: AbortSignal | undefined;
    const hop = create(HopSchema, { outcome: HopOutcome.SUCCEEDED });
    const next: Handler = async (call) => {
      signal = call.signal;
      return scriptedReply(textEvent("grant proposal."), completedEvent({ hops: [hop] }));
    };
    const { handle } = setUp(forbidden, { next });
    const { error } = await readOut(await handle(sampleCall({ delivery: "unary" })));
    assert.equal(signal?.aborted, false);
    assert.deepEqual([error?.hops, error?.usage], [[hop], sampleUsage()]);
  });

  it("drops what it holds when the stream breaks, and passes the error on", async () => {
    const failure = new GatewayError(Code.Unavailable, ErrorReason.STREAM_INTERRUPTED, "Broken.");
    const reply = await through(forbidden, textEvent("a grant"), { error: failure } as never);
    assert.deepEqual(await readOut(reply), { text: "a ", error: failure });
  });

  it("lets go of the caller's signal when an answer has ended or never began", async () => {
    for (const next of [
      async () => scriptedReply(completedEvent()),
      async () => {
        throw GatewayError.cancelled();
      },
    ]) {
      const caller = new AbortController();
      let below: AbortSignal | undefined;
      const { handle } = setUp(forbidden, {
        next: (call) => {
          below = call.signal;
          return next();
        },
      });
      await handle(sampleCall({ signal: caller.signal })).then(eventsOf, () => {});
      caller.abort();
      assert.equal(below?.aborted, false);
    }
  });
});
