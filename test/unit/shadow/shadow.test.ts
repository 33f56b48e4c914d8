import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { trace as otel, ROOT_CONTEXT } from "@opentelemetry/api";
import { HopSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Attempt, RoutedCall } from "../../../server/core/call.ts";
import type { Handler } from "../../../server/core/layer.ts";
import { linksOf } from "../../../server/core/linked-context.ts";
import { closeReply, type Reply } from "../../../server/core/reply.ts";
import { mostLetters } from "../../../server/shadow/answer-collector.ts";
import { sampleRoutedCall } from "../../fakes/calls.ts";
import { completedEvent, deltaEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { scriptedHandler } from "../../fakes/scripted-handler.ts";
import {
  askOnce,
  bedrock,
  call,
  lyon,
  openai,
  paris,
  primarySays,
  readAll,
  shadowSays,
  stage,
  throttled,
} from "../../fakes/shadow-stage.ts";

describe("shadow mode", () => {
  it("compares what both said once both have ended", async () => {
    const { box, clock } = await askOnce(scriptedHandler<Attempt>(lyon()).handle);
    await box.until(1);
    assert.equal(clock.armed, 0);
    const [result] = box.results;
    assert.ok(result?.primary.kind === "answered" && result.shadow.kind === "answered");
    assert.equal(result.requestId, call().id);
    assert.deepEqual(
      [result.primary.answer.text, result.shadow.answer.text],
      ["It is Paris.", "It is Lyon."],
    );
    assert.ok(result.similarity && result.similarity.score < 1 && result.similarity.score > 0.4);
    assert.equal(result.isSelf, false);
  });

  it("sends a copy of its own: whole, to one endpoint, under another id, signal and deadline", async () => {
    const shadow = scriptedHandler<Attempt>(lyon());
    const asked = call({
      delivery: "stream",
      repeat: { key: "k1", fingerprint: "f" },
      deadlineMs: 1200,
    });
    const { box, clock } = await askOnce(shadow.handle, { timeoutMs: 7000 }, asked);
    await box.until(1);
    const [copy] = shadow.calls;
    assert.ok(copy);
    assert.deepEqual(
      [copy.delivery, copy.request.provider, copy.endpoint.provider, copy.number],
      ["unary", "bedrock", "bedrock", 1],
    );
    assert.deepEqual(copy.request.messages, asked.request.messages);
    assert.notEqual(copy.id, asked.id);
    assert.notEqual(copy.signal, asked.signal);
    assert.equal(copy.repeat, undefined);
    assert.equal(copy.deadlineMs, clock.now() + 7000);
    assert.equal(asked.request.provider, "", "the caller's own request is left alone");
  });

  it("gives the copy a trace of its own that is linked with the call's", async () => {
    const shadow = scriptedHandler<Attempt>(lyon());
    const span = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    const context = otel.setSpanContext(ROOT_CONTEXT, span);
    const { box } = await askOnce(shadow.handle, {}, call({ context }));
    await box.until(1);
    const [copy] = shadow.calls;
    assert.ok(copy);
    assert.equal(otel.getSpanContext(copy.context), undefined);
    assert.deepEqual(linksOf(copy.context), [{ context: span }]);
  });

  it("hands a call that is not sampled straight on", async () => {
    const answered = Promise.resolve(paris());
    const shadow = scriptedHandler<Attempt>(lyon());
    const { handle, box } = stage(() => answered, shadow.handle, { sampleRate: 0 });
    assert.equal(handle(call()), answered);
    assert.deepEqual([shadow.calls.length, box.drops], [0, []]);
  });

  it("leaves calls alone that the primary is not asked first for", async () => {
    const shadow = scriptedHandler<Attempt>(lyon());
    const { box } = await askOnce(shadow.handle, {}, sampleRoutedCall([bedrock, openai]));
    assert.deepEqual([shadow.calls.length, box.drops, box.results], [0, [], []]);
  });
});

describe("the primary beside its shadow", () => {
  const flood = Array.from({ length: 200 }, () => textEvent("x".repeat(100_000)));
  const shadows: ReadonlyArray<readonly [what: string, ask: Handler<Attempt>]> = [
    ["answers", async () => lyon()],
    ["hangs", () => new Promise(() => {})],
    ["hangs in the middle of its answer", async () => shadowSays(textEvent("a"), "silence")],
    ["fails", () => Promise.reject(throttled)],
    ["fails in the middle", async () => shadowSays(textEvent("a"), { error: throttled })],
    ["breaks", () => Promise.reject(new TypeError("a bug"))],
    [
      "breaks at once",
      () => {
        throw new TypeError("a bug");
      },
    ],
    ["ends without an end", async () => shadowSays(textEvent("a"))],
    ["floods", async () => shadowSays(...flood, completedEvent())],
  ];
  for (const [what, ask] of shadows) {
    it(`is what it is without one when the shadow ${what}`, async () => {
      const primary = scriptedHandler<RoutedCall>(paris());
      const { handle, box, clock } = stage(primary.handle, ask);
      const asked = call();
      const reply = await handle(asked);
      assert.equal(reply.endpoint, openai);
      assert.deepEqual((await readAll(reply)).map(wordOf), ["It is ", "Paris.", "completed"]);
      assert.deepEqual(primary.calls, [asked]);
      assert.equal(primary.calls[0], asked);
      // However it went, it ends, within its own time.
      await new Promise(setImmediate);
      clock.advance(1000);
      await box.until(1);
      assert.equal(box.results.length, 1);
      assert.equal(clock.armed, 0);
    });
  }

  it("begins first", async () => {
    const order: string[] = [];
    const { box } = await (async () => {
      const staged = stage(
        async () => {
          order.push("primary");
          return paris();
        },
        async () => {
          order.push("shadow");
          return lyon();
        },
      );
      await readAll(await staged.handle(call()));
      return staged;
    })();
    await box.until(1);
    assert.deepEqual(order, ["primary", "shadow"]);
  });

  it("keeps its own errors, and they are told apart from the shadow's", async () => {
    const sides = [
      { primary: throttled, shadow: undefined, kinds: ["failed", "answered"] },
      { primary: undefined, shadow: throttled, kinds: ["answered", "failed"] },
      { primary: throttled, shadow: throttled, kinds: ["failed", "failed"] },
    ];
    for (const { primary, shadow, kinds } of sides) {
      const { handle, box } = stage(
        scriptedHandler<RoutedCall>(primary ? { throws: primary } : paris()).handle,
        scriptedHandler<Attempt>(shadow ? { throws: shadow } : lyon()).handle,
      );
      const answer = handle(call()).then(readAll);
      if (primary) await assert.rejects(answer, (error) => error === primary);
      else await answer;
      await box.until(1);
      const [result] = box.results;
      assert.deepEqual([result?.primary.kind, result?.shadow.kind], kinds);
      assert.equal(result?.similarity, undefined);
      for (const side of [result?.primary, result?.shadow]) {
        if (side?.kind === "failed") assert.equal(side.reason, "PROVIDER_THROTTLED");
      }
    }
  });

  it("has failed when another provider served the caller in the end", async () => {
    const hop = create(HopSchema, { provider: "openai", errorReason: "PROVIDER_UNAVAILABLE" });
    const elsewhere = { ...lyon(), hops: [hop] };
    const shadow = scriptedHandler<Attempt>(lyon());
    const { box } = await askOnce(shadow.handle, {}, call(), elsewhere);
    await box.until(1);
    const failed = { kind: "failed", reason: "PROVIDER_UNAVAILABLE" };
    assert.deepEqual(box.results[0]?.primary, failed);
  });
});

describe("a copy", () => {
  it("is given up when its own time is over, even if the provider never answers", async () => {
    const { box, clock } = await askOnce(() => new Promise(() => {}), { timeoutMs: 500 });
    await new Promise(setImmediate);
    clock.advance(500);
    await box.until(1);
    assert.deepEqual(box.results[0]?.shadow, { kind: "failed", reason: "DEADLINE_EXCEEDED" });
  });

  it("outlives the caller's signal, but not the caller's interest", async () => {
    const caller = new AbortController();
    const asked: AbortSignal[] = [];
    const { handle, box } = stage(
      async () => primarySays(textEvent("a"), "silence"),
      (attempt) => {
        asked.push(attempt.signal);
        return new Promise(() => {});
      },
    );
    const reply = await handle(call({ signal: caller.signal }));
    await reply.events[Symbol.asyncIterator]().next();
    await new Promise(setImmediate);
    caller.abort();
    assert.equal(asked[0]?.aborted, false);
    await closeReply(reply);
    await box.until(1);
    assert.deepEqual(box.drops, ["abandoned"]);
    assert.equal(asked[0]?.aborted, true);
  });

  it("is closed when it answers after it was given up", async () => {
    const late = shadowSays(textEvent("late"), completedEvent());
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const { box, clock } = await askOnce(() => promise);
    await new Promise(setImmediate);
    clock.advance(1000);
    await box.until(1);
    resolve(late);
    await new Promise(setImmediate);
    assert.equal(late.events.closes, 1);
  });

  it("goes to the primary too for the share of samples that measures the noise", async () => {
    const shadow = scriptedHandler<Attempt>(lyon(), paris());
    const { box } = await askOnce(shadow.handle, { selfShare: 1 });
    await box.until(2);
    const kinds = box.results.map(({ isSelf, shadowProvider }) => [isSelf, shadowProvider]);
    assert.deepEqual(kinds.sort(), [
      [false, "bedrock"],
      [true, "openai"],
    ]);
    assert.deepEqual(shadow.calls.map(({ endpoint }) => endpoint.provider).sort(), [
      "bedrock",
      "openai",
    ]);
  });

  it("is counted but not compared when an answer is too long to be kept", async () => {
    const long = shadowSays(textEvent("x".repeat(mostLetters + 1)), completedEvent());
    const { box } = await askOnce(scriptedHandler<Attempt>(long).handle);
    await box.until(1);
    const [result] = box.results;
    assert.equal(result?.shadow.kind, "answered");
    assert.equal(result?.similarity, undefined);
  });

  it("is compared by the tools it asks for, not by their ids", async () => {
    const wish = (id: string, name = "weather") => [
      deltaEvent({ piece: { case: "toolUse", value: { id, name } } }),
      deltaEvent({ piece: { case: "toolUse", value: { inputJson: '{"city":"Paris"}' } } }),
    ];
    const primary = primarySays(...wish("call_1"), completedEvent());
    const shadow = scriptedHandler<Attempt>(
      shadowSays(...wish("toolu_9"), completedEvent()),
      primarySays(...wish("call_2", "calendar"), completedEvent()),
    );
    const { box } = await askOnce(shadow.handle, { selfShare: 1 }, call(), primary);
    await box.until(2);
    const scores = box.results.map(({ similarity }) => similarity?.score ?? 0).sort();
    assert.equal(scores[1], 1);
    assert.ok((scores[0] ?? 1) < 1, "another tool is another answer");
  });
});
