import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GatewayError } from "../../../server/core/error.ts";
import type { CompletionEvent, Reply } from "../../../server/core/reply.ts";
import { idempotency } from "../../../server/resilience/idempotency.ts";
import { createIdempotencyStore } from "../../../server/resilience/idempotency-store.ts";
import { sampleCall } from "../../fakes/calls.ts";
import { completedEvent, textEvent, wordOf } from "../../fakes/completion-events.ts";
import { type FedCall, fedHandler } from "../../fakes/fed-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { settle } from "../../fakes/outcomes.ts";

/** What may happen next. Participants and runs are taken modulo how many there are. */
type Happening =
  | { readonly kind: "join" | "answer" | "feed" | "refuse" | "break" | "settle" }
  | { readonly kind: "read" | "close" | "abort"; readonly who: number };

const plain = (...kinds: readonly Exclude<Happening, { who: number }>["kind"][]) =>
  fc.constantFrom(...kinds.map((kind) => ({ kind })));
const personal = (...kinds: readonly Extract<Happening, { who: number }>["kind"][]) =>
  fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(7) });

const happenings = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: plain("join") },
    { weight: 6, arbitrary: personal("read") },
    { weight: 4, arbitrary: plain("answer", "feed", "feed", "settle") },
    { weight: 1, arbitrary: personal("close", "abort") },
    { weight: 1, arbitrary: plain("refuse", "break") },
  ),
  { maxLength: 60 },
);

/** One caller: what it has read, and how its part ended. */
interface Participant {
  readonly caller: AbortController;
  readonly words: string[];
  ending: "whole" | "failed" | "left" | undefined;
  reply?: Reply;
  events?: AsyncIterator<CompletionEvent>;
  isReading: boolean;
}

/** How many events every run's answer has, the last of them `completed`. */
const answerLength = 5;

/** The words of a run: which one it is, and where in it. */
function wordsOf(run: number, padding: string): string[] {
  const pieces = Array.from({ length: answerLength - 1 }, (_, at) => `${run}.${at}${padding}`);
  return [...pieces, "completed"];
}

async function play(script: readonly Happening[], maxBytes: number, padding: string) {
  const clock = createManualClock();
  const store = createIdempotencyStore({ clock, ttlMs: 1000, maxBytes });
  const below = fedHandler();
  const handle = idempotency({ clock, store, runLimitMs: 900_000 }).wrap(below.handle);
  const participants: Participant[] = [];
  const fed = new Map<FedCall, number>();

  const join = () => {
    const participant: Participant = {
      caller: new AbortController(),
      words: [],
      ending: undefined,
      isReading: false,
    };
    participants.push(participant);
    const { signal } = participant.caller;
    handle(sampleCall({ repeat: { key: "k", fingerprint: "f" }, signal })).then(
      (reply) => {
        participant.reply = reply;
        participant.events = reply.events[Symbol.asyncIterator]();
      },
      () => {
        participant.ending ??= "failed";
      },
    );
  };
  const read = (participant: Participant | undefined) => {
    if (!participant?.events || participant.isReading || participant.ending) return;
    participant.isReading = true;
    participant.events.next().then(
      ({ done, value }) => {
        participant.isReading = false;
        if (!done) participant.words.push(wordOf(value));
        else participant.ending ??= "whole";
      },
      () => {
        participant.ending ??= "failed";
      },
    );
  };
  const feedOne = (at = below.calls.length - 1) => {
    const call = below.calls[at];
    const position = call ? (fed.get(call) ?? 0) : answerLength;
    if (!call || position >= answerLength) return;
    fed.set(call, position + 1);
    const word = wordsOf(at, padding)[position] ?? "";
    call.feed(word === "completed" ? completedEvent() : textEvent(word));
  };
  const happen = async (happening: Happening) => {
    const participant =
      "who" in happening ? participants[happening.who % participants.length] : undefined;
    if (happening.kind === "join") join();
    if (happening.kind === "answer") below.calls.at(-1)?.answer();
    if (happening.kind === "refuse") below.calls.at(-1)?.refuse(GatewayError.draining());
    if (happening.kind === "break") below.calls.at(-1)?.break(GatewayError.draining());
    if (happening.kind === "feed") feedOne();
    if (happening.kind === "settle") await settle();
    if (happening.kind === "read") read(participant);
    if (happening.kind === "abort") participant?.caller.abort(GatewayError.cancelled());
    if (happening.kind === "close" && participant?.events) {
      participant.ending ??= "left";
      await participant.events.return?.();
    }
  };

  for (const happening of script) await happen(happening);
  // Whoever is still there reads on to the end.
  for (let round = 0; round < 4 * answerLength; round++) {
    for (const [at, call] of below.calls.entries()) {
      call.answer();
      feedOne(at);
    }
    await settle();
    for (const participant of participants) read(participant);
    await settle();
  }
  return { clock, store, below, participants };
}

describe("whatever the order in which callers join, read, leave and are aborted", () => {
  for (const [name, maxBytes, padding] of [
    ["with room for the answer", 1_000_000, ""],
    ["when the answer outgrows its room", 5000, "x".repeat(1000)],
    ["without any room", 0, ""],
    ["when readers have to wait for each other", 0, "x".repeat(100_000)],
  ] as const) {
    it(`each gets the same events, and nothing stays behind, ${name}`, () =>
      fc.assert(
        fc.asyncProperty(happenings, async (script) => {
          const { clock, store, below, participants } = await play(script, maxBytes, padding);
          for (const { words, ending, caller } of participants) {
            const run = Number.parseInt(words[0] ?? "0", 10);
            const expected = wordsOf(run, padding);
            assert.ok(ending !== undefined, "somebody still waits");
            assert.deepEqual(words, expected.slice(0, words.length));
            if (ending === "whole") assert.deepEqual(words, expected);
            assert.equal(getEventListeners(caller.signal, "abort").length, 0);
          }
          assert.equal(store.state.running, 0);
          assert.ok(store.state.kept <= 1 && store.state.bytes <= maxBytes);
          clock.advance(1000);
          assert.deepEqual(store.state, { running: 0, kept: 0, bytes: 0 });
          assert.equal(clock.armed, 0);
          for (const { isBroken, closes } of below.calls) {
            assert.ok(isBroken || closes === 1, "a source was left open");
          }
        }),
        { numRuns: 300 },
      ));
  }

  it("one that nobody leaves and nothing breaks is whole for everybody, by one call", () =>
    fc.assert(
      fc.asyncProperty(
        happenings.map((all) => all.filter(({ kind }) => !/close|abort|refuse|break/.test(kind))),
        async (script) => {
          const { below, participants } = await play(script, 1_000_000, "");
          for (const { words, ending } of participants) {
            assert.deepEqual([ending, words], ["whole", wordsOf(0, "")]);
          }
          assert.equal(below.calls.length, Math.min(participants.length, 1));
        },
      ),
    ));
});
