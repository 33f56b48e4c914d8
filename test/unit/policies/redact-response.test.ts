import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Direction, HopSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import {
  completedEvent,
  deltaEvent,
  sampleUsage,
  textEvent,
  wordOf,
} from "../../fakes/completion-events.ts";
import { readAll, readUntilError } from "../../fakes/outcomes.ts";
import { asks, type Model, type Rules, redacting, says } from "../../fakes/personal-data.ts";

const everything: Rules = { EMAIL: "redact", SSN: "redact" };

const textOf = (events: readonly CompletionEvent[]) =>
  events
    .filter(({ case: kind }) => kind === "delta")
    .map(wordOf)
    .join("");

async function answerOf(rules: Rules, model: Model, prompt = "hi") {
  const layers = redacting(rules, model);
  const reply = await layers.handle(sampleCall({ request: asks(prompt) }));
  const events = await readAll(reply.events);
  const last = events.at(-1);
  assert.ok(last?.case === "completed");
  return { text: textOf(events), events, completed: last.value, layers };
}

describe("the policies of an answer", () => {
  it("redact text, reasoning and tool arguments, and count them after those of the request", async () => {
    const { events, completed } = await answerOf(
      everything,
      () => [
        deltaEvent({ blockIndex: 0, piece: { case: "reasoning", value: { text: "to a@" } } }),
        deltaEvent({ blockIndex: 0, piece: { case: "reasoning", value: { text: "b" } } }),
        deltaEvent({ blockIndex: 0, piece: { case: "reasoning", value: { signature: "proof" } } }),
        textEvent("I mail a", 1),
        textEvent("@b.", 1),
        deltaEvent({ blockIndex: 2, piece: { case: "toolUse", value: { id: "1", name: "send" } } }),
        deltaEvent({
          blockIndex: 2,
          piece: { case: "toolUse", value: { inputJson: '{"ssn":1234' } },
        }),
        deltaEvent({ blockIndex: 2, piece: { case: "toolUse", value: { inputJson: "56789}" } } }),
        completedEvent(),
      ],
      "a@b",
    );
    const pieces = events.flatMap((event) => (event.case === "delta" ? [event.value] : []));
    const joined = (index: number) =>
      pieces
        .filter(({ blockIndex }) => blockIndex === index)
        .map(({ piece }) => {
          if (piece.case === "text") return piece.value;
          if (piece.case === "toolUse") return piece.value.inputJson;
          return piece.value?.text ?? "";
        })
        .join("");
    assert.deepEqual([0, 1, 2].map(joined), ["to [EMAIL]", "I mail [EMAIL]", '{"ssn":"[SSN]"}']);
    const order = pieces.map(({ blockIndex }) => blockIndex);
    assert.deepEqual(order, order.toSorted(), "no block waits for the next one");
    const signatures = pieces.map(
      ({ piece }) => piece.case === "reasoning" && piece.value.signature,
    );
    assert.ok(!signatures.includes("proof"), "the words are not what was signed");
    assert.deepEqual(
      completed.redactions.map(({ entity, direction, count }) => [entity, direction, count]),
      [
        ["EMAIL", Direction.REQUEST, 1],
        ["EMAIL", Direction.RESPONSE, 2],
        ["SSN", Direction.RESPONSE, 1],
      ],
    );
  });

  it("keep the proof of reasoning that they left as it was", async () => {
    const { events } = await answerOf(everything, () => [
      deltaEvent({ piece: { case: "reasoning", value: { text: "to them" } } }),
      deltaEvent({ piece: { case: "reasoning", value: { signature: "proof" } } }),
      completedEvent(),
    ]);
    const last = events.at(-2);
    assert.ok(last?.case === "delta" && last.value.piece.case === "reasoning");
    assert.deepEqual(
      [last.value.piece.value.text, last.value.piece.value.signature],
      ["them", "proof"],
    );
  });

  it("let no part of a blocked value out, and close the model's answer", async () => {
    const layers = redacting(
      { SSN: ["block", "response"] },
      says("It is 123-", "45-", "6789 ", "so"),
    );
    const reply = await layers.handle(sampleCall());
    const { items, error } = await readUntilError(reply.events);
    assert.equal(textOf(items), "It is ");
    assert.ok(error instanceof GatewayError);
    assert.deepEqual(error.metadata, {
      policy: "pii-filter",
      entity: "SSN",
      direction: "response",
    });
    assert.equal(layers.closes(), 1);
  });

  it("refuse a whole answer at its end, so that everybody below knows what it took", async () => {
    const layers = redacting(
      { SSN: ["block", "response"] },
      says("It is 123-45-6789 ", "and more"),
    );
    const reply = await layers.handle(sampleCall({ delivery: "unary" }));
    const { items, error } = await readUntilError(reply.events);
    assert.deepEqual(items, []);
    assert.ok(error instanceof GatewayError);
    assert.equal(layers.reads(), 3, "the end was read");
  });

  for (const delivery of ["unary", "stream"] as const) {
    it(`say what a refused answer took (${delivery})`, async () => {
      const hop = create(HopSchema, { usage: sampleUsage() });
      const account = { hops: [hop], usage: sampleUsage() };
      const stopped = { error: GatewayError.cancelled().with(account) };
      const end = delivery === "stream" ? stopped : completedEvent({ hops: [hop] });
      const layers = redacting({ SSN: "block" }, () => [textEvent("It is 123-45-6789 "), end]);
      const reply = await layers.handle(sampleCall({ delivery }));
      const { error } = await readUntilError(reply.events);
      assert.ok(error instanceof GatewayError);
      assert.equal(error.reason, ErrorReason.BLOCKED_BY_POLICY);
      assert.deepEqual([error.hops, error.usage], [account.hops, account.usage]);
      assert.equal(layers.seen[0]?.signal.aborted, delivery === "stream", "the model stops");
    });
  }

  it("let go of the caller's signal when an answer has ended or never began", async () => {
    const failing: Model = () => {
      throw GatewayError.cancelled();
    };
    for (const model of [says("fine"), says("123-45-6789 "), failing]) {
      const { signal } = new AbortController();
      const { handle } = redacting({ SSN: "block" }, model);
      await handle(sampleCall({ signal }))
        .then(({ events }) => readAll(events))
        .catch(() => {});
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }
  });

  it("drop what they hold when the answer breaks, or its reader leaves", async () => {
    const error = GatewayError.deadlineExceeded();
    const broken = redacting(everything, () => [textEvent("It is 123-45-"), { error }]);
    const reply = await broken.handle(sampleCall());
    const read = await readUntilError(reply.events);
    assert.equal(read.error, error);
    assert.equal(textOf(read.items), "It is ");

    const left = redacting(everything, says("It is 123-45-", "6789"));
    const events = (await left.handle(sampleCall())).events[Symbol.asyncIterator]();
    assert.equal(wordOf((await events.next()).value), "It is ");
    await events.return?.();
    assert.deepEqual([await events.next(), left.closes()], [{ done: true, value: undefined }, 1]);
  });

  it("keep the arguments of tools apart that are written side by side", async () => {
    const input = (blockIndex: number, inputJson: string) =>
      deltaEvent({ blockIndex, piece: { case: "toolUse", value: { inputJson } } });
    const { events } = await answerOf(everything, () => [
      input(0, '{"to":"a@'),
      input(1, '{"ssn":123'),
      input(0, 'b"'),
      input(1, "456789"),
      input(0, "}"),
      input(1, "}"),
      completedEvent(),
    ]);
    const of = (index: number) =>
      events
        .flatMap((event) =>
          event.case === "delta" && event.value.blockIndex === index ? [event.value.piece] : [],
        )
        .map((piece) => (piece.case === "toolUse" ? piece.value.inputJson : ""))
        .join("");
    assert.deepEqual([of(0), of(1)], ['{"to":"[EMAIL]"}', '{"ssn":"[SSN]"}']);
  });

  it("leave an answer that has to be JSON what it has to be", async () => {
    const layers = redacting(everything, says('{"ssn":12345', '6789,"to":"a\\u0040', 'b"}'));
    const format = { case: "jsonSchema", value: { schema: {} } } as const;
    const request = sampleRequest({ responseFormat: { format } });
    const reply = await layers.handle(sampleCall({ request }));
    const text = textOf(await readAll(reply.events));
    assert.deepEqual(JSON.parse(text), { ssn: "[SSN]", to: "[EMAIL]" });
  });
});
