import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  createSseParser,
  SseTooLongError,
} from "../../../../server/providers/openai/sse-parser.ts";

/** The data of the events in a text, given to the parser in these pieces. */
function read(pieces: readonly Uint8Array[], limitBytes?: number): string[] {
  const parser = createSseParser(limitBytes);
  return pieces.flatMap((piece) => [...parser.push(piece)]);
}

const whole = (text: string) => read([Buffer.from(text)]);

/** Cuts bytes at these positions. */
function cut(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const ends = [...positions.map((position) => position % (bytes.length + 1)), bytes.length];
  ends.sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const odd = "Grüße 🙂👩‍👩‍👧 日本 𝒳";
const everything =
  `\uFEFF: hello\r\n\r\ndata: {"a":"${odd}"}\n\nevent: error\rdata:one\rdata: two\r\r` +
  `id: 7\r\nretry: 10\r\ndata\r\ndata:  ${odd}\r\n\r\n:\n\ndata: [DONE]\n\ndata: begun`;
const everyEvent = [`{"a":"${odd}"}`, "one\ntwo", `\n ${odd}`, "[DONE]"];

describe("the parser of server-sent events", () => {
  for (const [about, text, events] of [
    ["an event", "data: a\n\n", ["a"]],
    ["two of them", "data: a\n\ndata: b\n\n", ["a", "b"]],
    ["lines that end in CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]],
    ["lines that end in CR", "data: a\r\rdata: b\r\r", ["a", "b"]],
    ["no space behind the colon", "data:a\n\n", ["a"]],
    ["one space of several behind the colon", "data:   a\n\n", ["  a"]],
    ["data of several lines", "data: a\ndata:\ndata: b\n\n", ["a\n\nb"]],
    ["a field without a colon", "data\n\n", [""]],
    ["a comment", ": ping\n\n", []],
    ["a comment between the lines of an event", "data: a\n: ping\ndata: b\n\n", ["a\nb"]],
    ["other fields", "event: x\nid: 1\nretry: 2\n\n", []],
    ["fields that only begin alike", "dat: a\ndatas: b\ndatabase\n\n", []],
    ["a byte order mark", "\uFEFFdata: a\n\n", ["a"]],
    ["a byte order mark that is not at the start", "data: a\n\n\uFEFFdata: b\n\n", ["a"]],
    ["empty lines alone", "\n\n\r\n\r\n", []],
    ["an event that never ends", "data: a\n\ndata: b\n", ["a"]],
    ["a line that never ends", "data: a\n\ndata: b", ["a"]],
    ["everything at once", everything, everyEvent],
  ] as const) {
    it(`reads ${about}`, () => assert.deepEqual(whole(text), events));
  }

  it("reads the same cut in two, wherever that is", () => {
    const bytes = Buffer.from(everything);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), everyEvent, `at ${at}`);
    }
  });

  it("reads the same byte by byte", () => {
    assert.deepEqual(read([...Buffer.from(everything)].map((byte) => Buffer.of(byte))), everyEvent);
  });

  it("gives back what was written, for any data, any ends of lines and any cuts", () => {
    const line = fc
      .string({ unit: "grapheme", maxLength: 20 })
      .map((text) => text.replace(/[\r\n]/g, ""));
    const end = fc.constantFrom("\n", "\r\n", "\r");
    const noise = fc.constantFrom("", ": ping", "event: chunk", "id: 1");
    const event = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), end, noise });
    const cuts = fc.array(fc.nat(1000), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), cuts, (events, positions) => {
        const text = events.map(({ lines, end, noise }) =>
          [noise, ...lines.map((each) => `data: ${each}`), "", ""]
            .slice(noise === "" ? 1 : 0)
            .join(end),
        );
        const bytes = Buffer.from(text.join(""));
        const written = events.map(({ lines }) => lines.join("\n"));
        assert.deepEqual(read(cut(bytes, positions)), written);
      }),
      { numRuns: 500 },
    );
  });

  it("takes any bytes at all, the same however they are cut", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const dense = fc
      .array(fc.constantFrom(..."data: \r\n:x"), { maxLength: 200 })
      .map((letters) => new Uint8Array(Buffer.from(letters.join(""))));
    fc.assert(
      fc.property(fc.oneof(bytes, dense), fc.array(fc.nat(200)), (noise, positions) => {
        assert.deepEqual(read(cut(noise, positions)), read([noise]));
      }),
      { numRuns: 1000 },
    );
  });

  it("gives an event as soon as its last byte is there", () => {
    const parser = createSseParser();
    assert.deepEqual(parser.push(Buffer.from("data: a\n")), []);
    assert.deepEqual(parser.push(Buffer.from("\n")), ["a"]);
    assert.deepEqual(parser.push(Buffer.from("data: b\r\n\r")), ["b"]);
    assert.deepEqual(parser.push(Buffer.from("\ndata: c\r")), []);
    assert.deepEqual(parser.push(Buffer.from("\r")), ["c"]);
  });

  it("keeps nothing of the bytes that it was given", () => {
    const parser = createSseParser();
    const piece = Buffer.from("data: kept\n\n");
    const events = parser.push(piece);
    piece.fill(0);
    assert.deepEqual(events, ["kept"]);
  });

  for (const [about, pieces] of [
    ["a line that never ends", Array.from({ length: 20 }, () => "aaaaaaaaaa")],
    ["one long line", [`data: ${"a".repeat(200)}\n\n`]],
    ["an event of many lines", Array.from({ length: 50 }, () => "data: a\n")],
  ] as const) {
    it(`refuses ${about}, beyond its limit`, () => {
      const bytes = pieces.map((piece) => Buffer.from(piece));
      assert.throws(() => read(bytes, 64), SseTooLongError);
    });
  }

  it("takes many events that are together longer than its limit", () => {
    assert.equal(read([Buffer.from("data: aaaa\n\n".repeat(100))], 16).length, 100);
  });
});
