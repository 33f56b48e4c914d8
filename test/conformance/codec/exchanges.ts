import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkRequest } from "../../../server/providers/check-request.ts";
import type { CodecCase } from "../codec-suite.ts";
import { withUnknownMembers } from "./damage.ts";
import type { Exchange } from "./exchange.ts";
import { answerOf, assertSendable, completedOf, readStream } from "./reading.ts";

/** The exchanges that every family shows in a fixture. */
const asked = ["question", "multi-turn", "system", "sampling", "stop-sequence"];
const answered = ["question", "empty", "length", "unicode"];

/** Chunks that no family has; some have members that some family reads. */
const strangers = [{}, null, [], 7, "text", { type: "hologram" }, { hologram: {} }];

/** The fixtures: what is written for a request, and what an answer brings, whole and streamed. */
export function exchanges({ codec }: CodecCase, found: readonly Exchange[]): void {
  describe("its exchanges", () => {
    const named = (name: string) => found.find((exchange) => exchange.name === name);
    for (const name of asked) {
      it(`show the request ${name}`, () => assert.ok(named(name)?.body !== undefined));
    }
    for (const name of answered) {
      it(`show the answer ${name}, whole and streamed`, () => {
        assert.ok(named(name)?.answer !== undefined && named(name)?.chunks);
      });
    }
    for (const exchange of found) describe(exchange.name, () => exchangeClaims(codec, exchange));
  });
}

function exchangeClaims(codec: CodecCase["codec"], exchange: Exchange): void {
  const { source, asked, body, answer, headerCounts, chunks } = exchange;

  it("says where its shape is known from", () => assert.match(source, /\w+ .*\w+/));

  it("may be asked", () => checkRequest(asked.request, asked.endpoint, codec.accepts));

  if (body !== undefined) {
    it("is asked in these bytes", () => {
      assert.deepEqual(JSON.parse(codec.encode(asked.request, asked.endpoint)), body);
    });
  }
  if (answer !== undefined) {
    it("is answered whole", () => {
      const events = codec.decode(answer, asked, headerCounts);
      assertSendable(events);
      assert.deepEqual(answerOf(events), exchange.brings);
    });
    it("is answered whole with members that nobody knows yet", () => {
      const events = codec.decode(withUnknownMembers(answer), asked, headerCounts);
      assert.deepEqual(answerOf(events), exchange.brings);
    });
  }
  if (chunks) {
    it("is answered by a stream", () => {
      const events = readStream(codec, asked, chunks);
      assertSendable(events);
      assert.deepEqual(answerOf(events), exchange.streamBrings);
    });
    it("is answered by a stream with members and chunks that nobody knows yet", () => {
      const strange = chunks.flatMap((chunk) => [...strangers, withUnknownMembers(chunk)]);
      assert.deepEqual(answerOf(readStream(codec, asked, strange)), exchange.streamBrings);
    });
    it("is whole once, and cut short only where the gateway ends it", () => {
      const decoder = codec.decodeStream(asked);
      const events = chunks.flatMap((chunk) => decoder.push(chunk));
      const whole = completedOf([...events, ...(decoder.end?.() ?? [])]);
      assert.ok(whole.usage);
      assert.equal(decoder.isCutShort ?? false, exchange.isCutShort);
    });
    it("is answered the same when two streams are read at once", () => {
      const decoders = [codec.decodeStream(asked), codec.decodeStream(asked)];
      const events = decoders.map(() => [] as ReturnType<typeof codec.decode>);
      for (const chunk of chunks) {
        decoders.forEach((decoder, at) => {
          events[at]?.push(...decoder.push(chunk));
        });
      }
      decoders.forEach((decoder, at) => {
        events[at]?.push(...(decoder.end?.() ?? []));
      });
      for (const answer of events) assert.deepEqual(answerOf(answer), exchange.streamBrings);
    });
  }
}
