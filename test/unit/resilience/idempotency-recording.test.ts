import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CompletionEvent } from "../../../server/core/reply.ts";
import { recordEvents } from "../../../server/resilience/idempotency-recording.ts";
import { completedEvent, deltaEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { isSettled, readAll, settle } from "../../fakes/outcomes.ts";
import { type Step, scriptedEvents } from "../../fakes/scripted-events.ts";

/** A recording that may keep so many events. */
function record(mayKeep: number, ...steps: readonly Step[]) {
  const source = scriptedEvents(...steps);
  const told: string[] = [];
  let asked = 0;
  const sizes: number[] = [];
  const recording = recordEvents(source, {
    keep(bytes) {
      sizes.push(bytes);
      return asked++ < mayKeep;
    },
    whole: (events) => told.push(`whole: ${events.map(wordOf).join(" ")}`),
    lost: () => told.push("lost"),
  });
  return { source, recording, told, sizes };
}

/** A piece of 100,000 characters: two of them are more than readers may be apart. */
const large = (letter: string): CompletionEvent => textEvent(letter.repeat(100_000));

describe("a recording", () => {
  it("brings every reader all of it, and says when it is whole", async () => {
    const { recording, told, source } = record(9, textEvent("a"), completedEvent());
    const [one, two] = [recording.read(), recording.read()];
    assert.deepEqual((await readAll(one)).map(wordOf), ["a", "completed"]);
    assert.deepEqual(told, ["whole: a completed"]);
    assert.ok(recording.isOver);
    assert.deepEqual((await readAll(two)).map(wordOf), ["a", "completed"]);
    assert.deepEqual([source.reads, source.closes], [2, 1]);
    assert.deepEqual(told, ["whole: a completed"]);
  });

  it("lets readers who wait for the same event wait for one read", async () => {
    const { recording, source } = record(9, "silence");
    const reads = [recording.read().next(), recording.read().next()];
    await settle();
    assert.equal(source.reads, 1);
    source.arrive(textEvent("a"));
    for (const { value } of await Promise.all(reads)) assert.deepEqual(value, textEvent("a"));
  });

  it("ends the read under way of a reader that leaves, and of nobody else", async () => {
    const { recording, source } = record(9, "silence");
    const [leaver, stayer] = [recording.read(), recording.read()];
    const reads = [leaver.next(), stayer.next()] as const;
    await leaver.return?.();
    assert.equal((await reads[0]).done, true);
    assert.ok(!(await isSettled(reads[1])));
    source.arrive(textEvent("a"));
    assert.deepEqual((await reads[1]).value, textEvent("a"));
    assert.equal(source.closes, 0);
  });

  it("closes its source with the last reader, once, and is then lost", async () => {
    const { recording, source, told } = record(9, textEvent("a"), textEvent("b"));
    const readers = [recording.read(), recording.read()];
    for (const reader of [...readers, ...readers]) await reader.return?.();
    assert.equal(source.closes, 1);
    assert.deepEqual(told, ["lost"]);
  });

  it("is lost when it breaks, and when it ends without being whole", async () => {
    const error = new Error("broken");
    const broken = record(9, { error });
    await assert.rejects(broken.recording.read().next(), error);
    const short = record(9, textEvent("a"));
    await readAll(short.recording.read());
    assert.deepEqual([broken.told, short.told], [["lost"], ["lost"]]);
  });

  it("that may not be kept goes on for its readers and is lost once", async () => {
    const { recording, told } = record(1, textEvent("a"), textEvent("b"), completedEvent());
    const readers = [recording.read(), recording.read()];
    for (const reader of readers) {
      assert.deepEqual((await readAll(reader)).map(wordOf), ["a", "b", "completed"]);
    }
    assert.deepEqual(told, ["lost"]);
  });

  it("that is not kept waits for its slowest reader, so that little has to be held", async () => {
    const pieces = [large("a"), large("b"), large("c"), large("d"), completedEvent()];
    const { recording, source } = record(0, ...pieces);
    const [slow, fast] = [recording.read(), recording.read()];
    for (const piece of pieces.slice(0, 2)) assert.deepEqual((await fast.next()).value, piece);
    const third = fast.next();
    assert.ok(!(await isSettled(third)));
    assert.equal(source.reads, 2);
    assert.deepEqual((await slow.next()).value, pieces[0]);
    assert.deepEqual((await third).value, pieces[2]);
    const [fastRest, slowRest] = await Promise.all([readAll(fast), readAll(slow)]);
    assert.deepEqual([fastRest.length, slowRest.length], [2, 4]);
  });

  it("that is not kept waits no longer for a reader that leaves", async () => {
    const { recording } = record(0, large("a"), large("b"), large("c"), completedEvent());
    const [slow, fast] = [recording.read(), recording.read()];
    await fast.next();
    await fast.next();
    const third = fast.next();
    await slow.return?.();
    assert.equal(wordOf((await third).value)[0], "c");
  });

  it("counts the bytes of everything that a piece can hold", async () => {
    const redactedContent = new Uint8Array(1000);
    const long = "x".repeat(1000);
    const steps = [
      textEvent(long),
      deltaEvent({ piece: { case: "toolUse", value: { inputJson: long } } }),
      deltaEvent({ piece: { case: "reasoning", value: { text: long, redactedContent } } }),
      completedEvent(),
    ];
    const { recording, sizes } = record(9, ...steps);
    await readAll(recording.read());
    assert.equal(sizes.length, 4);
    assert.ok(sizes.slice(0, 3).every((bytes) => bytes >= 2000 && bytes < 4000));
    assert.ok((sizes[2] ?? 0) >= 3000);
  });
});
