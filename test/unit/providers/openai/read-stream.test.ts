import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import fc from "fast-check";
import { UsageSource } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { GatewayError } from "../../../../server/core/error.ts";
import type { CompletionEvent } from "../../../../server/core/reply.ts";
import { linkAbort } from "../../../../server/core/signals.ts";
import { createBody } from "../../../../server/providers/http/response-body.ts";
import { decodeAnswerStream } from "../../../../server/providers/openai/codec.ts";
import { readStream } from "../../../../server/providers/openai/read-stream.ts";
import { sampleAttempt, sampleEndpoint, sampleRequest } from "../../../fakes/calls.ts";
import { readAll, readUntilError, settle } from "../../../fakes/outcomes.ts";

const endpoint = sampleEndpoint({ provider: "openai", family: "openai", model: "gpt-4o" });
const event = (json: object) => `data: ${JSON.stringify(json)}\n\n`;
const chunk = (delta: object, reason: string | null = null) =>
  event({ choices: [{ index: 0, delta, finish_reason: reason }], usage: null });
const counts = event({ choices: [], usage: { prompt_tokens: 8, completion_tokens: 6 } });
const done = "data: [DONE]\n\n";
const said = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "The capital " }),
  chunk({ content: "is Paris." }),
];
const whole = [...said, chunk({}, "stop"), counts, done];

/** A response whose reads are these; `end` says how it goes on after them. */
function open(
  reads: readonly (string | Uint8Array)[],
  end: "end" | "break" | "wait" = "end",
  stops: string[] = [],
) {
  const parent = new AbortController();
  const link = linkAbort(parent.signal);
  const writer = createBody({ pause: () => {}, resume: () => {}, leave: () => {} });
  const decoder = decodeAnswerStream(
    sampleAttempt({ endpoint, request: sampleRequest({ stopSequences: stops }) }),
  );
  const events = readStream({ body: writer.body, decoder, providerRequestId: "req_7", link });
  for (const read of reads) writer.push(Buffer.from(read));
  if (end === "end") writer.end();
  if (end === "break") writer.fail(Object.assign(new Error("closed"), { code: "UND_ERR_SOCKET" }));
  return { events, link, parent, writer };
}

const textsOf = (events: readonly CompletionEvent[]) =>
  events.flatMap((each) =>
    each.case === "delta" && each.value.piece.case === "text" ? each.value.piece.value : [],
  );

describe("a stream of OpenAI's", () => {
  it("is read to its end, and its connection left to others", async () => {
    const { events, link } = open(whole);
    const read = await readAll(events);
    assert.deepEqual(textsOf(read), ["The capital ", "is Paris."]);
    assert.equal(read.at(-1)?.case, "completed");
    await settle();
    assert.equal(link.signal.aborted, false);
  });

  it("joins what came in one read", async () => {
    assert.deepEqual(textsOf(await readAll(open([whole.join("")]).events)), [
      "The capital is Paris.",
    ]);
  });

  it("says the same however its bytes are cut", async () => {
    const bytes = Buffer.from(whole.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const reads = ends
          .map((at, index) => bytes.subarray(ends[index - 1] ?? 0, at))
          .filter(({ length }) => length > 0);
        const read = await readAll(open(reads).events);
        assert.equal(textsOf(read).join(""), "The capital is Paris.");
        assert.equal(read.at(-1)?.case, "completed");
      }),
    );
  });

  it("is whole at the end marker, whatever comes or does not come behind it", async () => {
    for (const [rest, end] of [
      [[], "wait"],
      [[chunk({ content: "!" }), "data: {broken\n\n"], "end"],
      [[], "break"],
    ] as const) {
      const read = await readAll(open([...whole, ...rest], end).events);
      assert.deepEqual(textsOf(read).join(""), "The capital is Paris.");
    }
  });

  it("is DATA_LOSS without its end marker, and tells what was counted", async () => {
    const { events, link } = open(whole.slice(0, -1));
    const { items, error } = await readUntilError(events);
    assert.equal(textsOf(items).join(""), "The capital is Paris.");
    assert.ok(error instanceof GatewayError);
    assert.deepEqual([error.code, error.providerRequestId], [Code.DataLoss, "req_7"]);
    assert.deepEqual([error.usage?.outputTokens, error.usage?.source], [6, UsageSource.REPORTED]);
    assert.equal(link.signal.aborted, true);
  });

  for (const [about, reads] of [
    ["nothing at all", []],
    ["an end marker alone", [done]],
    ["an end marker without a finish reason", [...said, counts, done]],
    ["JSON that is broken", [...said, "data: {\n\n"]],
    ["an event that never ends", [...said, `data: ${"a".repeat(5 * 1024 * 1024)}`]],
  ] as const) {
    it(`is DATA_LOSS for ${about}`, async () => {
      const { error } = await readUntilError(open(reads).events);
      assert.ok(error instanceof GatewayError);
      assert.equal(error.code, Code.DataLoss);
    });
  }

  it("is unavailable where the connection breaks, after what came before", async () => {
    const { items, error } = await readUntilError(open(said, "break").events);
    assert.equal(textsOf(items).join(""), "The capital is Paris.");
    assert.ok(error instanceof GatewayError);
    assert.equal(error.code, Code.Unavailable);
    assert.equal(error.usage?.source, UsageSource.ESTIMATED);
  });

  it("gives what came in the same read before an error", async () => {
    const failure = event({ error: { type: "server_error" } });
    const { items, error } = await readUntilError(
      open([`${said.join("")}${failure}`], "wait").events,
    );
    assert.deepEqual(textsOf(items), ["The capital is Paris."]);
    assert.ok(error instanceof GatewayError);
    assert.equal(error.code, Code.Unavailable);
  });

  it("ends its request when its reader leaves", async () => {
    const { events, link } = open(said, "wait");
    for await (const _ of events) break;
    assert.equal(link.signal.aborted, true);
  });

  it("ends its request at a stop sequence that the gateway finds, while the model still writes", async () => {
    const { events, link } = open(
      said,
      "wait",
      ["a", "b", "c", "d", "is"].map((stop) => (stop === "is" ? stop : `${stop}§`)),
    );
    const read = await readAll(events);
    assert.equal(textsOf(read).join(""), "The capital ");
    assert.equal(link.signal.aborted, true);
  });

  it("ends with the reason of whoever ended the call", async () => {
    const { events, parent, writer } = open(said, "wait");
    const reading = readUntilError(events);
    await settle();
    parent.abort(GatewayError.deadlineExceeded());
    writer.fail(new Error("aborted"));
    const { error } = await reading;
    assert.ok(error instanceof GatewayError);
    assert.equal(error.code, Code.DeadlineExceeded);
  });
});
