import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Chain, chainEvents } from "../../../server/core/chain-events.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { readAll, readUntilError, settle } from "../../fakes/outcomes.ts";
import { type ScriptedEvents, scriptedEvents } from "../../fakes/scripted-events.ts";

const broken = new Error("the source broke");
const finished = { done: true, value: undefined };

/** A chain of these sources; when there are no more, it ends with an error of its own. */
function chained(first: ScriptedEvents, ...others: readonly ScriptedEvents[]) {
  const seen: string[] = [];
  const endings: string[] = [];
  const errors: unknown[] = [];
  const rest = [...others];
  const chain: Chain = {
    event(event) {
      seen.push(wordOf(event));
      return event;
    },
    async follow(error) {
      errors.push(error);
      const events = rest.shift();
      if (!events) throw new Error("nothing follows");
      return { before: [textEvent(`(${errors.length})`)], events };
    },
    end: ({ kind }) => endings.push(kind),
  };
  return { events: chainEvents(first, chain), seen, endings, errors };
}

describe("chainEvents", () => {
  it("goes on elsewhere as often as something follows, and sees all but what comes before", async () => {
    const { events, seen, endings, errors } = chained(
      scriptedEvents(textEvent("a"), { error: broken }),
      scriptedEvents({ error: broken }),
      scriptedEvents(textEvent("b"), completedEvent()),
    );
    assert.deepEqual((await readAll(events)).map(wordOf), ["a", "(1)", "(2)", "b", "completed"]);
    assert.deepEqual(seen, ["a", "b", "completed"]);
    assert.deepEqual(errors, [broken, broken]);
    assert.deepEqual(endings, ["finished"]);
  });

  it("gives the event that the chain makes of one", async () => {
    const chain: Chain = {
      event: (event) => (event.case === "delta" ? textEvent("changed") : event),
      follow: async (error) => Promise.reject(error),
      end: () => {},
    };
    const events = chainEvents(scriptedEvents(textEvent("a"), completedEvent()), chain);
    assert.deepEqual((await readAll(events)).map(wordOf), ["changed", "completed"]);
  });

  it("ends with the chain's error, once, where nothing follows", async () => {
    const { events, endings } = chained(scriptedEvents(textEvent("a"), { error: broken }));
    const { items, error } = await readUntilError(events);
    assert.deepEqual(items.map(wordOf), ["a"]);
    assert.match(String(error), /nothing follows/);
    assert.deepEqual(await events[Symbol.asyncIterator]().next(), finished);
    assert.deepEqual(endings, ["failed"]);
  });

  it("closes the source that is being read when it is left, and no other", async () => {
    const first = scriptedEvents(textEvent("a"), { error: broken });
    const second = scriptedEvents(textEvent("b"), textEvent("c"));
    const { events, endings } = chained(first, second);
    for await (const event of events) if (wordOf(event) === "b") break;
    assert.deepEqual([first.closes, second.closes], [0, 1]);
    assert.deepEqual(endings, ["abandoned"]);
  });

  it("does not make a reader that leaves wait, neither for a read nor for what follows", async () => {
    const silent = scriptedEvents("silence");
    const { events } = chained(silent);
    const iterator = events[Symbol.asyncIterator]();
    const read = iterator.next();
    assert.deepEqual(await iterator.return?.(), finished);
    silent.arrive({ error: broken });
    assert.deepEqual(await read, finished, "what fails late is nobody's");

    const late = scriptedEvents(textEvent("late"));
    const pending = Promise.withResolvers<void>();
    const endings: string[] = [];
    const slow = chainEvents(scriptedEvents({ error: broken }), {
      event: (event) => event,
      follow: () => pending.promise.then(() => ({ before: [], events: late })),
      end: ({ kind }) => endings.push(kind),
    })[Symbol.asyncIterator]();
    const following = slow.next();
    await settle();
    assert.deepEqual(await slow.return?.(), finished);
    assert.deepEqual(endings, ["abandoned"], "so that whoever is being asked can be called off");
    pending.resolve();
    assert.deepEqual(await following, finished);
    assert.equal(late.closes, 1);
  });
});
