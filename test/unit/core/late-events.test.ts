import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Change, mapEvents, tapEvents } from "../../../server/core/events.ts";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import type { Events } from "../../../server/core/wrapped-events.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { isSettled, readAll, readUntilError, settle } from "../../fakes/outcomes.ts";
import { scriptedEvents } from "../../fakes/scripted-events.ts";

const broken = new Error("the source broke");

/** What one layer makes of an event: none, itself, or several. */
const times = fc.constantFrom(0, 1, 1, 1, 2, 3);
type LayerShape =
  | { readonly kind: "tap" }
  | { readonly kind: "map" | "late"; readonly times: readonly number[] };
const layers: fc.Arbitrary<LayerShape> = fc.oneof(
  fc.record({ kind: fc.constant("tap" as const) }),
  fc.record({
    kind: fc.constantFrom("map" as const, "late" as const),
    times: fc.array(times, { minLength: 1, maxLength: 4 }),
  }),
);

/** Puts a layer around events, and the same around what must come of them. */
function wrap(events: Events, layer: LayerShape, seen: string[]): Events {
  if (layer.kind === "tap") return tapEvents(events, { event: (each) => seen.push(wordOf(each)) });
  let count = 0;
  const change = (event: CompletionEvent) => {
    const copies = layer.times[count++ % layer.times.length] ?? 1;
    return event.case === "completed" || copies === 1
      ? event
      : Array.from({ length: copies }, () => event);
  };
  if (layer.kind === "map") return mapEvents(events, { event: change });
  const late: NonNullable<Change["event"]> = async (event) => {
    const changed = change(event);
    await settle();
    return changed;
  };
  return mapEvents(events, { event: late });
}

function expected(words: string[], layer: LayerShape): string[] {
  if (layer.kind === "tap") return words;
  let count = 0;
  return words.flatMap((word) => {
    const copies = layer.times[count++ % layer.times.length] ?? 1;
    return word === "completed" ? [word] : Array.from({ length: copies }, () => word);
  });
}

describe("events that are changed later", () => {
  it("come in their order, through any layers, and each watcher sees what left there", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ minLength: 1, maxLength: 2 }), { maxLength: 6 }),
        fc.array(layers, { maxLength: 6 }),
        async (texts, stack) => {
          const words = [...texts, "completed"];
          const steps = [...texts.map((text) => textEvent(text)), completedEvent()];
          let events: Events = scriptedEvents(...steps);
          let wanted = words;
          const watched: { seen: string[]; wanted: string[] }[] = [];
          for (const layer of stack) {
            const seen: string[] = [];
            events = wrap(events, layer, seen);
            wanted = expected(wanted, layer);
            if (layer.kind === "tap") watched.push({ seen, wanted });
          }
          assert.deepEqual((await readAll(events)).map(wordOf), wanted);
          for (const each of watched) assert.deepEqual(each.seen, each.wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("end with what the change throws, after the source was closed once, and translate it not", async () => {
    const source = scriptedEvents(textEvent("a"), textEvent("b"), completedEvent());
    const endings: unknown[] = [];
    const failing = mapEvents(source, {
      event: async (event) => {
        await settle();
        if (wordOf(event) === "b") throw broken;
        return event;
      },
      error: () => assert.fail("it is not the source's"),
    });
    const events = mapEvents(tapEvents(failing, { end: (ending) => endings.push(ending) }), {});
    const { items, error } = await readUntilError(events);
    assert.deepEqual([items.map(wordOf), error], [["a"], broken]);
    assert.equal(source.closes, 1);
    assert.deepEqual(endings, [{ kind: "failed", error: broken }]);
    assert.equal((await events[Symbol.asyncIterator]().next()).done, true);
  });

  it("end with the error that one from below is turned into later", async () => {
    const other = new Error("in other words");
    const source = scriptedEvents(textEvent("a"), { error: broken });
    const translated = mapEvents(source, {
      error: async (error) => {
        assert.equal(error, broken);
        await settle();
        return other;
      },
    });
    const { items, error } = await readUntilError(tapEvents(mapEvents(translated, {}), {}));
    assert.deepEqual([items.map(wordOf), error], [["a"], other]);
  });

  it("show nothing that is still being changed to a reader that leaves, and are closed once", async () => {
    const source = scriptedEvents(textEvent("a"), completedEvent());
    const changing = Promise.withResolvers<CompletionEvent>();
    const endings: string[] = [];
    const seen: string[] = [];
    const late = mapEvents(source, { event: () => changing.promise });
    const events = tapEvents(mapEvents(late, {}), {
      event: (event) => seen.push(wordOf(event)),
      end: ({ kind }) => endings.push(kind),
    });
    const reading = events[Symbol.asyncIterator]();
    const read = reading.next();
    assert.equal(await isSettled(read), false);
    await reading.return?.();
    changing.resolve(textEvent("late"));
    assert.deepEqual(await read, { done: true, value: undefined });
    assert.deepEqual([seen, endings, source.closes], [[], ["abandoned"], 1]);
  });
});
