import assert from "node:assert/strict";
import { test } from "node:test";
import type { Emulator } from "../../../emulator/emulator.ts";
import { type Asker, anthropicBody, franceAnswer, overBoth, textOf } from "./fixture.ts";

/** The order of events as one line, frames and all. */
function story({ journal }: Emulator): string {
  return journal.entries.map(({ kind, by }) => (by ? `${kind} by ${by}` : kind)).join(", ");
}

const aborted = ({ kind }: { readonly kind: string }) => kind === "aborted";

/** Starts a stream and leaves when the emulator is where the test wants it. */
async function leaveWhen(asker: Asker, arrived: Promise<unknown>): Promise<void> {
  const caller = new AbortController();
  const first = asker.stream({ signal: caller.signal }).next();
  first.catch(() => {});
  await arrived;
  caller.abort();
  await first.catch(() => {});
}

test("a caller who leaves before the first token is seen at once", () =>
  overBoth({ pacing: { firstTokenDelayMs: 3_600_000 } }, async (emulator, asker) => {
    const { journal } = emulator;
    await leaveWhen(
      asker,
      journal.waitFor(({ kind }) => kind === "request"),
    );
    await journal.waitFor(aborted);
    assert.equal(story(emulator), "request, aborted by peer");
  }));

test("a caller who leaves a stalled call is seen at once", () =>
  overBoth({ faults: [{ action: { kind: "stall", at: "response" } }] }, async (emulator, asker) => {
    const { journal } = emulator;
    await leaveWhen(
      asker,
      journal.waitFor(({ kind }) => kind === "fault"),
    );
    await journal.waitFor(aborted);
    assert.equal(story(emulator), "request, fault, aborted by peer");
  }));

test("a caller who leaves after two tokens gets two, and the emulator writes no more", () =>
  overBoth({ pacing: { pauseAfterTokens: 2 } }, async (emulator, asker) => {
    const { journal } = emulator;
    const caller = new AbortController();
    const events = asker.stream({ signal: caller.signal });
    const seen = [];
    while (textOf(seen) !== "The capital") {
      const { value } = await events.next();
      seen.push(value);
    }
    const pause = await journal.waitFor(({ kind }) => kind === "paused");
    assert.equal(pause.tokens, 2);
    caller.abort();
    await journal.waitFor(aborted);
    assert.equal(
      story(emulator),
      "request, first-frame, frame, frame, frame, paused, aborted by peer",
    );
    assert.equal(emulator.release(), 0);
  }));

test("a paused call that is released arrives whole", () =>
  overBoth({ pacing: { pauseAfterTokens: 0 } }, async (emulator, asker) => {
    const answer = asker.whole();
    const { callId } = await emulator.journal.waitFor(({ kind }) => kind === "paused");
    assert.equal(emulator.release("call-0"), 0);
    assert.equal(emulator.release(callId), 1);
    assert.equal((await answer).content[0]?.text, franceAnswer);
  }));

test("closing the emulator ends the calls that are open", () =>
  overBoth(
    { faults: [{ action: { kind: "stall", at: "first-frame" } }] },
    async (emulator, asker) => {
      const answer = asker.stream().next();
      answer.catch(() => {});
      await emulator.journal.waitFor(({ kind }) => kind === "fault");
      await emulator.close();
      assert.equal(story(emulator), "request, fault, aborted by emulator");
      await assert.rejects(fetch(emulator.url));
      await answer.catch(() => {});
    },
  ));

test("tokens come at the rate that the pacing says", () =>
  overBoth({ pacing: { firstTokenDelayMs: 30, tokensPerSecond: 200 } }, async (_, asker) => {
    const startedAtMs = performance.now();
    await asker.whole({ body: anthropicBody("Count to 20") });
    assert.ok(performance.now() - startedAtMs >= 125);
  }));
