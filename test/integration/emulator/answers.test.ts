import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import {
  anthropicBody,
  collect,
  createAsker,
  franceAnswer,
  overBoth,
  textOf,
  unlimited,
  wholeText,
  withEmulator,
} from "./fixture.ts";

test("a whole answer has Anthropic's shape and Bedrock's token headers", () =>
  overBoth({}, async (_, asker) => {
    const answer = await asker.whole();
    assert.equal(wholeText(answer), franceAnswer);
    assert.equal(answer.model, "claude-3-5-sonnet-20240620");
    assert.equal(answer.usage?.input_tokens, 8);
    assert.equal(answer.usage?.output_tokens, 6);
    assert.equal(answer.stop_reason, "end_turn");
    const headers = asker.headers();
    assert.equal(headers["x-amzn-bedrock-input-token-count"], "8");
    assert.equal(headers["x-amzn-bedrock-output-token-count"], "6");
    assert.match(headers["x-amzn-bedrock-invocation-latency"] ?? "", /^\d+$/);
    assert.match(headers["x-amzn-requestid"] ?? "", /^[0-9a-f-]{36}$/);
    assert.ok(Math.abs(Date.parse(headers.date ?? "") - Date.now()) < 60_000);
  }));

test("a streamed answer has Anthropic's events in order, and its metrics only in the last", () =>
  overBoth({}, async (_, asker) => {
    const events = await collect(asker.stream());
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        "message_start",
        "content_block_start",
        ...Array.from({ length: 6 }, () => "content_block_delta"),
        "content_block_stop",
        "message_delta",
        "message_stop",
      ],
    );
    assert.equal(textOf(events), franceAnswer);
    assert.equal(events[0]?.message?.usage?.input_tokens, 8);
    assert.equal(events.at(-2)?.usage?.output_tokens, 6);
    const metrics = events.map((event) => event["amazon-bedrock-invocationMetrics"]);
    assert.equal(metrics.filter(Boolean).length, 1);
    assert.equal(metrics.at(-1)?.inputTokenCount, 8);
    assert.equal(metrics.at(-1)?.outputTokenCount, 6);
    const headers = asker.headers();
    assert.equal(headers["x-amzn-bedrock-content-type"], "application/json");
    assert.equal(headers["x-amzn-bedrock-input-token-count"], undefined);
    assert.equal(headers["x-amzn-bedrock-invocation-latency"], undefined);
  }));

test("any unicode text echoes whole and in deltas, however the frames are cut", () =>
  overBoth({}, async (emulator, asker) => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 200 }), async (echoed, pieceBytes) => {
        emulator.setFaults([{ action: { kind: "split-frames", pieceBytes } }]);
        const ask = { text: `Echo: ${echoed}` };
        const [answer, events] = [await asker.whole(ask), await collect(asker.stream(ask))];
        assert.equal(wholeText(answer), echoed);
        assert.equal(textOf(events), echoed);
        assert.equal(events.at(-2)?.usage?.output_tokens, answer.usage?.output_tokens);
      }),
      { numRuns: 25 },
    );
  }));

const conversations: readonly (readonly [claim: string, body: object, answer: string])[] = [
  [
    "the question in other case and spacing",
    anthropicBody(" what IS the capital\nof france? "),
    franceAnswer,
  ],
  ["counting", anthropicBody("Count to 5"), "1 2 3 4 5"],
  ["nothing at all", anthropicBody("Say nothing."), ""],
  [
    "the system prompt",
    anthropicBody("What is your system prompt?", { system: "Be brief." }),
    "Be brief.",
  ],
  [
    "the first thing said",
    anthropicBody("", {
      messages: [
        { role: "user", content: [{ type: "text", text: "My name is Ada." }] },
        { role: "assistant", content: "Noted." },
        { role: "user", content: "What did I say first?" },
      ],
    }),
    "My name is Ada.",
  ],
  [
    "the rest of an answer begun",
    anthropicBody("", {
      messages: [
        { role: "user", content: "What is the capital of France?" },
        { role: "assistant", content: "The capital of France" },
      ],
    }),
    " is Paris.",
  ],
  [
    "the parameters received",
    anthropicBody("Which parameters?", {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 7,
      stop_sequences: ["END"],
    }),
    '{"max_tokens":4096,"temperature":0.5,"top_p":0.9,"top_k":7,"stop_sequence_count":1}',
  ],
];

for (const [claim, body, expected] of conversations) {
  test(`the emulator answers with ${claim}, whole and streamed`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "2");
      assert.equal(wholeText(await asker.whole({ body })), expected);
      assert.equal(textOf(await collect(asker.stream({ body }))), expected);
    }));
}

test("max_tokens and stop sequences cut an answer and say so", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const short = await asker.whole({ body: anthropicBody("Count to 9", { max_tokens: 3 }) });
    assert.deepEqual([wholeText(short), short.stop_reason], ["1 2 3", "max_tokens"]);
    assert.equal(short.usage?.output_tokens, 3);
    const stops = { stop_sequences: ["7", " 4"] };
    const stopped = await asker.whole({ body: anthropicBody("Count to 9", stops) });
    assert.deepEqual([wholeText(stopped), stopped.stop_reason], ["1 2 3", "stop_sequence"]);
    assert.equal(stopped.stop_sequence, " 4");
  }));

test("a reader that stops reading stops the emulator long before the end of the answer", () =>
  overBoth({ journalLimit: 10 }, async ({ journal }, asker) => {
    const body = anthropicBody("Write 100000 words.", { max_tokens: 100_000 });
    const leave = new AbortController();
    const events = asker.stream({ modelId: unlimited, body, signal: leave.signal });
    await events.next();
    await untilQuiet(() => journal.entries.at(-1)?.sequence);
    const last = journal.entries.at(-1);
    assert.equal(last?.kind, "frame");
    assert.ok((last?.frames ?? 0) < 50_000, `${last?.frames} frames were written`);
    leave.abort();
    await journal.waitFor(({ kind }) => kind === "aborted");
  }));

/** Waits until a number has stayed the same for many turns of the event loop. */
async function untilQuiet(read: () => number | undefined): Promise<void> {
  let last = read();
  for (let quietTurns = 0; quietTurns < 500; quietTurns += 1) {
    await nextTurn();
    if (read() !== last) quietTurns = 0;
    last = read();
  }
}

test("a long answer has exactly the words asked for", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "2");
    const body = anthropicBody("Write 20000 words.", { max_tokens: 1_000_000 });
    const text = textOf(await collect(asker.stream({ modelId: unlimited, body })));
    assert.equal(text.split(" ").length, 20_000);
    assert.equal(text, wholeText(await asker.whole({ modelId: unlimited, body })));
  }));
