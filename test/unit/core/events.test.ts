import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GatewayError } from "../../../server/core/error.ts";
import {
  type Ending,
  listEvents,
  mapEvents,
  tapEvents,
  untilFirst,
} from "../../../server/core/events.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { readAll, readUntilError, refusalOf, settle } from "../../fakes/outcomes.ts";
import { type Step, scriptedEvents } from "../../fakes/scripted-events.ts";

const finished = { done: true, value: undefined };
const broken = new Error("the source broke");

describe("listEvents", () => {
  it("brings the events in order, once", async () => {
    const events = listEvents([textEvent("a"), textEvent("b")]);
    assert.deepEqual((await readAll(events)).map(wordOf), ["a", "b"]);
    assert.deepEqual(await readAll(events), []);
  });

  it("brings nothing any more when it was left", async () => {
    const events = listEvents([textEvent("a"), textEvent("b")]);
    for await (const _ of events) break;
    assert.deepEqual(await events.next(), { done: true, value: undefined });
  });
});

describe("tapEvents", () => {
  function tapped(...steps: readonly Step[]) {
    const source = scriptedEvents(...steps);
    const seen: string[] = [];
    const endings: Ending[] = [];
    const events = tapEvents(source, {
      event: (event) => seen.push(wordOf(event)),
      end: (ending) => endings.push(ending),
    });
    return { source, seen, endings, events };
  }

  it("shows every event and passes the very same on", async () => {
    const steps = [textEvent("a"), textEvent("b"), completedEvent()];
    const { events, seen, endings, source } = tapped(...steps);
    const passed = await readAll(events);
    assert.deepEqual(seen, ["a", "b", "completed"]);
    for (const [index, event] of passed.entries()) assert.equal(event, steps[index]);
    assert.deepEqual(endings, [{ kind: "finished" }]);
    assert.equal(source.closes, 0);
  });

  it("tells a failure once, with the error, and passes it on unchanged", async () => {
    const { events, endings } = tapped(textEvent("a"), { error: broken });
    const { items, error } = await readUntilError(events);
    assert.deepEqual(items.map(wordOf), ["a"]);
    assert.equal(error, broken);
    await events[Symbol.asyncIterator]().return?.();
    assert.deepEqual(endings, [{ kind: "failed", error: broken }]);
  });

  it("tells once that its reader left, however often it leaves", async () => {
    const { events, endings } = tapped(textEvent("a"), textEvent("b"));
    for await (const _ of events) break;
    await events[Symbol.asyncIterator]().return?.();
    assert.deepEqual(endings, [{ kind: "abandoned" }]);
  });

  it("calls an answer finished when its reader leaves after completed", async () => {
    const { events, endings } = tapped(textEvent("a"), completedEvent(), textEvent("never"));
    for await (const event of events) if (event.case === "completed") break;
    assert.deepEqual(endings, [{ kind: "finished" }]);
  });

  it("shows nothing that comes after the end", async () => {
    const { events, seen, endings, source } = tapped("silence");
    const iterator = events[Symbol.asyncIterator]();
    const pending = iterator.next();
    await iterator.return?.();
    source.arrive(textEvent("late"));
    assert.equal((await pending).done, true);
    assert.deepEqual([seen, endings], [[], [{ kind: "abandoned" }]]);
  });

  it("tells the end before the source is closed", async () => {
    const order: string[] = [];
    const source: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => finished as IteratorReturnResult<undefined>,
        return: async () => {
          order.push("closed");
          return finished as IteratorReturnResult<undefined>;
        },
      }),
    };
    const events = tapEvents(source, { end: ({ kind }) => order.push(kind) });
    await events[Symbol.asyncIterator]().return?.();
    assert.deepEqual(order, ["abandoned", "closed"]);
  });

  for (const [ending, leave, steps] of [
    ["finished", false, [textEvent("a"), textEvent("b")]],
    ["failed", false, [textEvent("a"), { error: broken }]],
    ["abandoned", true, [textEvent("a"), textEvent("b")]],
  ] as const) {
    it(`shows what a change left to each of several, from the inside out, until it is ${ending}`, async () => {
      const told: string[] = [];
      const tap = (name: string) => ({
        event: (event: CompletionEvent) => told.push(`${name} ${wordOf(event)}`),
        end: ({ kind }: Ending) => told.push(`${name} ${kind}`),
      });
      const source = tapEvents(scriptedEvents(...steps), tap("under"));
      const changed = mapEvents(source, { event: (event) => [event, textEvent("more")] });
      const events = tapEvents(tapEvents(changed, tap("inner")), tap("outer"));
      const iterator = events[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.next();
      assert.deepEqual(told.splice(0), [
        "under a",
        "inner a",
        "outer a",
        "inner more",
        "outer more",
      ]);
      if (leave) await iterator.return?.();
      else await (ending === "failed" ? readUntilError(events) : readAll(events));
      const last = told.filter((line) => line.endsWith(ending));
      const inOrder = ["under", "inner", "outer"].map((name) => `${name} ${ending}`);
      assert.deepEqual(last, leave ? inOrder.toReversed() : inOrder);
    });
  }

  it("ends once when a read under way fails after its reader has left", async () => {
    const { events, endings, source } = tapped("silence");
    const iterator = events[Symbol.asyncIterator]();
    const read = iterator.next();
    await iterator.return?.();
    source.arrive({ error: broken });
    assert.deepEqual(await read, { done: true, value: undefined });
    assert.deepEqual(endings, [{ kind: "abandoned" }]);
  });
});

describe("mapEvents", () => {
  const letters = ["a", "b", "c"].map((letter) => textEvent(letter));

  for (const [change, times, expected] of [
    ["none", 0, []],
    ["one", 1, ["a", "b", "c"]],
    ["several", 2, ["a", "a", "b", "b", "c", "c"]],
  ] as const) {
    it(`turns an event into ${change}`, async () => {
      const events = mapEvents(scriptedEvents(...letters), {
        event: (event) => Array.from({ length: times }, () => event),
      });
      assert.deepEqual((await readAll(events)).map(wordOf), expected);
    });
  }

  it("keeps the order for any mapping over any sequence", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.string({ minLength: 1 }))), async (pieces) => {
        const source = scriptedEvents(...pieces.map((_, index) => textEvent(String(index))));
        const events = mapEvents(source, {
          event: (event) => (pieces[Number(wordOf(event))] ?? []).map((word) => textEvent(word)),
        });
        assert.deepEqual((await readAll(events)).map(wordOf), pieces.flat());
      }),
    );
  });

  it("translates an error from below and does not close what has already failed", async () => {
    const source = scriptedEvents(textEvent("a"), { error: broken });
    const typed = GatewayError.cancelled();
    const seen: unknown[] = [];
    const events = mapEvents(source, {
      event: (event) => [event],
      error: (error) => {
        seen.push(error);
        return typed;
      },
    });
    assert.equal((await readUntilError(events)).error, typed);
    assert.deepEqual(seen, [broken]);
    assert.equal(source.closes, 0);
  });

  it("passes an error from below unchanged when it is not told otherwise", async () => {
    const events = mapEvents(scriptedEvents({ error: broken }), { event: (event) => [event] });
    assert.equal((await readUntilError(events)).error, broken);
  });

  it("closes the source once when the change throws, and does not translate that error", async () => {
    const source = scriptedEvents(...letters);
    const events = mapEvents(source, {
      event: () => {
        throw broken;
      },
      error: () => new Error("translated"),
    });
    assert.equal((await readUntilError(events)).error, broken);
    await events[Symbol.asyncIterator]().return?.();
    assert.equal(source.closes, 1);
  });

  it("drops what it still held when its reader leaves", async () => {
    const source = scriptedEvents(...letters);
    const iterator = mapEvents(source, { event: (event) => [event, event] })[
      Symbol.asyncIterator
    ]();
    await iterator.next();
    await iterator.return?.();
    assert.deepEqual(await iterator.next(), finished);
    assert.equal(source.reads, 1);
  });
});

describe("untilFirst", () => {
  it("waits for the first event and gives the whole sequence back", async () => {
    const source = scriptedEvents("silence", textEvent("b"), completedEvent());
    const pending = untilFirst(source);
    source.arrive(textEvent("a"));
    await settle();
    const events = await pending;
    assert.ok(events);
    assert.equal(source.reads, 1);
    assert.deepEqual((await readAll(events)).map(wordOf), ["a", "b", "completed"]);
  });

  it("gives nothing when there is no event at all", async () => {
    assert.equal(await untilFirst(scriptedEvents()), undefined);
  });

  it("fails as the first event does", async () => {
    const error = GatewayError.cancelled();
    assert.equal(await refusalOf(() => untilFirst(scriptedEvents({ error }))), error);
  });

  it("fails later when a later event does", async () => {
    const events = await untilFirst(scriptedEvents(textEvent("a"), { error: broken }));
    assert.ok(events);
    const { items, error } = await readUntilError(events);
    assert.deepEqual(items.map(wordOf), ["a"]);
    assert.equal(error, broken);
  });

  it("closes the source when it is left before or after the first event is read again", async () => {
    for (const reads of [0, 1, 2]) {
      const source = scriptedEvents(textEvent("a"), textEvent("b"), textEvent("c"));
      const iterator = (await untilFirst(source))?.[Symbol.asyncIterator]();
      for (let read = 0; read < reads; read++) await iterator?.next();
      await iterator?.return?.();
      assert.equal(source.closes, 1, `after ${reads} reads`);
    }
  });
});
