import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Emulator } from "../../../emulator/emulator.ts";
import type { FaultAction } from "../../../emulator/fault-rule.ts";
import { withEmulator } from "./fixture.ts";
import { chunksOf, complete, send } from "./openai-caller.ts";

const usage = { stream: true, stream_options: { include_usage: true } };

/** A stream with a fault in it, event by event. */
async function eventsWith(emulator: Emulator, action: FaultAction): Promise<string[]> {
  emulator.setFaults([{ operation: "stream", action }]);
  const { status, text } = await complete(emulator, usage);
  assert.equal(status, 200);
  return text.split("\n\n");
}

describe("the faults of the emulator's OpenAI", () => {
  for (const [about, action, end] of [
    [
      "a clean end is two words and no [DONE]",
      { kind: "clean-end" },
      [/"content":" capital"/, /^$/],
    ],
    [
      "half a frame is a line that never ends",
      { kind: "truncated-frame" },
      [/"content":" capital"/, /^data: \{[^\n]*[^}\n]$/],
    ],
    [
      "broken JSON is a whole event",
      { kind: "broken-json-body" },
      [/^data: \{[^\n]*[^}\n]$/, /^$/],
    ],
    [
      "a wrong checksum is the same, as there is none",
      { kind: "bad-crc" },
      [/^data: \{[^\n]*[^}\n]$/, /^$/],
    ],
    [
      "an error in band is a chunk with an error",
      { kind: "in-band-error" },
      [/^data: \{"error":\{.*"type":"server_error"/, /^$/],
    ],
    [
      "an error frame has a name",
      { kind: "error-frame", code: "x" },
      [/^event: error\ndata: \{"error":\{.*"code":"x"/, /^$/],
    ],
    [
      "an exception is a chunk with OpenAI's error for it",
      { kind: "exception", exception: "ThrottlingException", at: "mid-stream" },
      [/^data: \{"error":\{.*"code":"rate_limit_exceeded"/, /^$/],
    ],
  ] as const) {
    it(about, () =>
      withEmulator({}, async (emulator) => {
        const events = await eventsWith(emulator, action);
        const last = events.slice(-end.length);
        for (const [at, pattern] of end.entries()) assert.match(last[at] ?? "", pattern);
        assert.ok(events.every((event) => !event.includes("[DONE]")));
      }),
    );
  }

  it("an event that nobody knows, and a comment, change nothing else", () =>
    withEmulator({}, async (emulator) => {
      const events = await eventsWith(emulator, { kind: "unknown-event-type" });
      const strange = events.filter((event) => !event.startsWith("data: "));
      assert.deepEqual(strange, [
        ": a comment",
        'event: emulator.surprise\nid: 7\ndata: {"object":\ndata: "emulator.surprise"}',
        "",
      ]);
      assert.equal(events.at(-2), "data: [DONE]");
    }));

  it("missing usage is missing in both deliveries, and the stream is whole", () =>
    withEmulator({ faults: [{ action: { kind: "missing-usage" } }] }, async (emulator) => {
      assert.equal((await complete(emulator, {})).json.usage, undefined);
      const chunks = chunksOf(await complete(emulator, usage));
      assert.ok(chunks.every((chunk) => chunk.usage === null && chunk.choices.length === 1));
    }));

  for (const [code, status, type] of [
    ["insufficient_quota", 429, "insufficient_quota"],
    ["rate_limit_exceeded", 429, "requests"],
    ["context_length_exceeded", 400, "invalid_request_error"],
    ["invalid_api_key", 401, "invalid_request_error"],
    ["slow_down", 503, "server_error"],
    ["something_new", 500, "server_error"],
  ] as const) {
    it(`the code ${code} comes with ${status}`, () =>
      withEmulator({}, async (emulator) => {
        const action = { kind: "exception", exception: "InternalServerException", code } as const;
        emulator.setFaults([{ action }]);
        const answer = await complete(emulator, {});
        const { error } = answer.json;
        assert.deepEqual([answer.status, error.code, error.type], [status, code, type]);
      }));
  }

  it("a throttled call is told when to come back, by a duration or by the rule's own hint", () =>
    withEmulator({}, async (emulator) => {
      const action = { kind: "exception", exception: "ThrottlingException" } as const;
      emulator.setFaults([{ action }]);
      const plain = (await complete(emulator, {})).headers;
      const remaining = plain.get("x-ratelimit-remaining-requests");
      assert.deepEqual([remaining, plain.get("x-ratelimit-reset-requests")], ["0", "20s"]);
      assert.equal(plain.get("retry-after"), null);
      emulator.setFaults([{ action: { ...action, retryAfterSeconds: 3, message: "Slower." } }]);
      const hinted = await complete(emulator, {});
      assert.deepEqual(
        [hinted.headers.get("retry-after"), hinted.headers.get("retry-after-ms")],
        ["3", "3000"],
      );
      assert.equal(hinted.json.error.message, "Slower.");
    }));

  it("a rule without an API strikes no listing, one with it strikes nothing else", () =>
    withEmulator({}, async (emulator) => {
      emulator.setFaults([{ action: { kind: "html-503" } }]);
      assert.equal((await send(emulator, "/v1/models")).status, 200);
      emulator.setFaults([{ api: "openai-models", action: { kind: "html-503" } }]);
      assert.equal((await send(emulator, "/v1/models")).status, 503);
      assert.equal((await complete(emulator, {})).status, 200);
    }));
});
