import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Asker,
  createAsker,
  franceAnswer,
  franceQuestion,
  overBoth,
  withEmulator,
} from "./fixture.ts";
import type { Heard, Question, Speaker, Turn } from "./speakers/speaker.ts";
import { speakers } from "./speakers/speakers.ts";

const user = (text: string): Turn => ({ role: "user", text });
const assistant = (text: string): Turn => ({ role: "assistant", text });

async function bothWays(speaker: Speaker, asker: Asker, question: Question): Promise<Heard> {
  const whole = await speaker.whole(asker, question);
  assert.deepEqual(await speaker.stream(asker, question), whole, "the stream differs");
  return whole;
}

/** Runs a claim for every speaker, each against an emulator of its own. */
function everySpeaker(
  claim: string,
  body: (speaker: Speaker, asker: Asker) => Promise<void>,
): void {
  for (const speaker of speakers) {
    test(`${speaker.name}: ${claim}`, () =>
      withEmulator({}, async (emulator) => {
        using asker = createAsker(emulator, "1.1");
        await body(speaker, asker);
      }));
  }
}

for (const speaker of speakers) {
  test(`${speaker.name}: a question costs 8 tokens and its answer 6, whole and streamed`, () =>
    overBoth({}, async (_, asker) => {
      const heard = await bothWays(speaker, asker, { turns: [user(franceQuestion)] });
      assert.deepEqual(heard, {
        text: franceAnswer,
        stopReason: speaker.endings[0],
        inputTokens: 8,
        outputTokens: 6,
      });
    }));
}

everySpeaker("the system text and earlier turns are read", async (speaker, asker) => {
  const system = "Always be brief.";
  const told = [user("My name is Ada."), assistant("Noted."), user("What did I say first?")];
  const first = await bothWays(speaker, asker, { system, turns: told });
  assert.equal(first.text, "My name is Ada.");
  assert.equal(first.inputTokens, 3 + (4 + 2) + (1 + 2) + (5 + 2));
  const asked = await bothWays(speaker, asker, {
    system,
    turns: [user("What is your system prompt?")],
  });
  assert.equal(asked.text, system);
});

everySpeaker("a text of its own is continued", async (speaker, asker) => {
  const turns = [user(franceQuestion), assistant("The capital of France")];
  const { text } = await bothWays(speaker, asker, { turns });
  assert.equal(text.trim(), "is Paris.");
});

everySpeaker("a limit cuts the answer and says so", async (speaker, asker) => {
  const question = { turns: [user("Count to 9")], maxTokens: 3 };
  const { text, stopReason, outputTokens } = await bothWays(speaker, asker, question);
  assert.deepEqual([text, stopReason, outputTokens], ["1 2 3", speaker.endings[1], 3]);
});

everySpeaker("nothing at all is an answer too", async (speaker, asker) => {
  const { text, stopReason, outputTokens } = await bothWays(speaker, asker, {
    turns: [user("Say nothing.")],
  });
  assert.deepEqual([text, stopReason, outputTokens], ["", speaker.endings[0], 0]);
});

for (const speaker of speakers.filter(({ takesStops }) => takesStops)) {
  test(`${speaker.name}: a stop sequence ends the answer`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "2");
      const question = { turns: [user("Count to 9")], stop: [" 4"] };
      const { text, stopReason } = await bothWays(speaker, asker, question);
      assert.deepEqual([text, stopReason], ["1 2 3", speaker.endings[2]]);
    }));
}

everySpeaker("any unicode text comes back as it went", async (speaker, asker) => {
  const letters = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(letters, async (echoed) => {
      const text = `<${echoed}>`;
      const heard = await bothWays(speaker, asker, { turns: [user(`Echo: ${text}`)] });
      assert.equal(heard.text, text);
    }),
    { numRuns: 10 },
  );
});
