import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chainEvents } from "../../../server/core/chain-events.ts";
import { guardEvents, mapEvents, tapEvents } from "../../../server/core/events.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { isSettled, readAll, readUntilError } from "../../fakes/outcomes.ts";
import { type ScriptedEvents, type Step, scriptedEvents } from "../../fakes/scripted-events.ts";

const finished = { done: true, value: undefined };
const broken = new Error("broken");
const noGuard = { waiting: () => {}, arrived: () => {}, end: () => {} };

const noChain = {
  event: (event: CompletionEvent) => event,
  follow: async (error: unknown) => {
    throw error;
  },
  end: () => {},
};

/** What all wrappers owe to the protocol of async iterators. */
const wrappers = [
  ["tapEvents", (source: ScriptedEvents) => tapEvents(source, {})],
  ["mapEvents", (source: ScriptedEvents) => mapEvents(source, { event: (event) => [event] })],
  ["chainEvents", (source: ScriptedEvents) => chainEvents(source, noChain)],
  ["guardEvents", (source: ScriptedEvents) => guardEvents(source, noGuard).events],
] as const;

for (const [name, wrap] of wrappers) {
  describe(`${name} keeps the protocol`, () => {
    const iteratorOver = (source: ScriptedEvents) => wrap(source)[Symbol.asyncIterator]();

    it("reads to the end, closes nothing, and then reads no more", async () => {
      const source = scriptedEvents(textEvent("a"), completedEvent());
      const events = wrap(source);
      assert.deepEqual((await readAll(events)).map(wordOf), ["a", "completed"]);
      const { reads } = source;
      assert.deepEqual(await events[Symbol.asyncIterator]().next(), finished);
      await events[Symbol.asyncIterator]().return?.();
      assert.equal(source.reads, reads);
      assert.equal(source.closes, 0);
    });

    it("throws the source's error once, and has ended after it", async () => {
      const source = scriptedEvents(textEvent("a"), { error: broken }, textEvent("never"));
      const iterator = iteratorOver(source);
      await iterator.next();
      await assert.rejects(async () => iterator.next(), broken);
      assert.deepEqual(await iterator.next(), finished);
      assert.equal(source.reads, 2);
    });

    it("closes the source once, however often it is left", async () => {
      const source = scriptedEvents(textEvent("a"));
      const iterator = iteratorOver(source);
      for (let time = 0; time < 3; time++) assert.deepEqual(await iterator.return?.(), finished);
      assert.deepEqual(await iterator.next(), finished);
      assert.equal(source.closes, 1);
      assert.equal(source.reads, 0);
    });

    it("closes the source when a loop breaks early or its body throws", async () => {
      for (const leave of ["break", "throw"]) {
        const source = scriptedEvents(textEvent("a"), textEvent("b"));
        const loop = async () => {
          for await (const _ of wrap(source)) {
            if (leave === "break") break;
            throw broken;
          }
        };
        if (leave === "break") await loop();
        else await assert.rejects(loop, broken);
        assert.equal(source.closes, 1, leave);
        assert.equal(source.reads, 1, leave);
      }
    });

    it("closes the source and throws what is thrown into it", async () => {
      const source = scriptedEvents(textEvent("a"));
      const iterator = iteratorOver(source);
      await assert.rejects(async () => iterator.throw?.(broken), broken);
      assert.deepEqual(await iterator.next(), finished);
      assert.equal(source.closes, 1);
    });

    it("does not make a reader that leaves wait for the read under way", async () => {
      const source = scriptedEvents("silence");
      const iterator = iteratorOver(source);
      const read = iterator.next();
      assert.deepEqual(await iterator.return?.(), finished);
      assert.equal(source.closes, 1);
      assert.equal(await isSettled(read), false);
      source.arrive(textEvent("late"));
      assert.deepEqual(await read, finished, "what comes late is not shown");
    });
  });
}

describe("guardEvents", () => {
  function guarded(...steps: readonly Step[]) {
    const source = scriptedEvents(...steps);
    const told: string[] = [];
    const { events, fail } = guardEvents(source, {
      waiting: () => told.push("waiting"),
      arrived: () => told.push("arrived"),
      end: () => told.push("end"),
    });
    return { source, told, events, iterator: events[Symbol.asyncIterator](), fail };
  }

  it("tells of every wait, and of the end exactly once", async () => {
    const { events, told, fail } = guarded(textEvent("a"));
    await readAll(events);
    fail(broken);
    await events[Symbol.asyncIterator]().return?.();
    assert.deepEqual(told, ["waiting", "arrived", "waiting", "arrived", "end"]);
  });

  it("ends after an error exactly once", async () => {
    const { events, told } = guarded({ error: broken });
    assert.equal((await readUntilError(events)).error, broken);
    assert.deepEqual(told, ["waiting", "arrived", "end"]);
  });

  it("breaks a read off that the source never answers", async () => {
    const { iterator, told, fail, source } = guarded("silence");
    const read = iterator.next();
    fail(broken);
    await assert.rejects(async () => read, broken);
    assert.deepEqual(told, ["waiting", "arrived", "end"]);
    source.arrive({ error: new Error("late: must not become an unhandled rejection") });
    assert.deepEqual(await iterator.next(), finished);
  });

  it("tells the end when the reader leaves in the middle of a wait", async () => {
    const { iterator, told } = guarded("silence");
    void iterator.next();
    await iterator.return?.();
    assert.deepEqual(told, ["waiting", "end"]);
  });

  it("fails the next read when it is broken off between two", async () => {
    const { iterator, fail, source } = guarded(textEvent("a"), textEvent("b"));
    await iterator.next();
    fail(broken);
    await assert.rejects(async () => iterator.next(), broken);
    assert.equal(source.reads, 1);
  });
});
