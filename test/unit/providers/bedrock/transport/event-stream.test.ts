import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { crc32 } from "node:zlib";
import { EventStreamCodec } from "@smithy/eventstream-codec";
import fc from "fast-check";
import { ErrorReason } from "../../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../../../../server/core/error.ts";
import {
  createEventStreamDecoder,
  type Frame,
} from "../../../../../server/providers/bedrock/transport/event-stream.ts";
import type { FrameHeaderValue } from "../../../../../server/providers/bedrock/transport/frame-headers.ts";

const aws = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

type AwsMessage = Parameters<typeof aws.encode>[0];
type AwsHeader = AwsMessage["headers"][string];

/** What both decoders must agree on: header names with types and values as text, and the payload in hex. */
type Plain = readonly [headers: Record<string, string>, payload: string];

function plainAws({ headers, body }: AwsMessage): Plain {
  return [mapped(headers, ({ type, value }) => plainAwsValue(type, value)), hex(body)];
}

function plainAwsValue(type: string, value: unknown): string {
  if (type === "boolean") return `boolean ${value}`;
  if (type === "binary") return `binary ${hex(value as Uint8Array)}`;
  if (type === "timestamp") return `timestamp ${(value as Date).getTime()}`;
  // Type 5 is a class of its own there, a bigint here.
  if (type === "long") return `number ${value}`;
  return ["byte", "short", "integer"].includes(type) ? `number ${value}` : `string ${value}`;
}

function plainOurs({ headers, payload }: Frame): Plain {
  return [mapped(Object.fromEntries(headers), plainValue), hex(payload)];
}

function plainValue(value: FrameHeaderValue): string {
  if (Buffer.isBuffer(value)) return `binary ${hex(value)}`;
  if (value instanceof Date) return `timestamp ${value.getTime()}`;
  const type = typeof value === "bigint" ? "number" : typeof value;
  return `${type} ${value}`;
}

function mapped<T>(object: Record<string, T>, change: (value: T) => string) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Everything that comes out of these reads; `failure` is what was thrown after the frames that came before it. */
function decodeAll(reads: readonly Buffer[]) {
  const frames: Plain[] = [];
  const decoder = createEventStreamDecoder();
  try {
    for (const read of reads) decoder.push(read, (frame) => frames.push(plainOurs(frame)));
    decoder.end();
    return { frames };
  } catch (failure) {
    return { frames, failure };
  }
}

function assertDataLoss(failure: unknown): void {
  assert.ok(failure instanceof GatewayError, String(failure));
  assert.equal(failure.reason, ErrorReason.PROVIDER_MALFORMED_RESPONSE);
}

const int = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const header: fc.Arbitrary<AwsHeader> = fc.oneof(
  fc.boolean().map((value) => ({ type: "boolean" as const, value })),
  int(8).map((value) => ({ type: "byte" as const, value })),
  int(16).map((value) => ({ type: "short" as const, value })),
  int(32).map((value) => ({ type: "integer" as const, value })),
  fc.uint8Array({ maxLength: 60 }).map((value) => ({ type: "binary" as const, value })),
  fc.string({ unit: "grapheme" }).map((value) => ({ type: "string" as const, value })),
  fc.uuid().map((value) => ({ type: "uuid" as const, value })),
  fc
    .integer({ min: -8e12, max: 8e12 })
    .map((ms) => ({ type: "timestamp" as const, value: new Date(ms) })),
);
const headers = fc.dictionary(fc.stringMatching(/^:?[a-z-]{1,30}$/), header, { maxKeys: 5 });
const message = fc.record({ headers, body: fc.uint8Array({ maxLength: 300 }) });
const messages = fc.array(message, { minLength: 1, maxLength: 6 });

function encoded(list: readonly AwsMessage[]): Buffer {
  return Buffer.concat(list.map((one) => aws.encode(one)));
}

/** The bytes cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ordered = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [...ordered, bytes.length].map((place, at) => bytes.subarray(ordered[at - 1] ?? 0, place));
}

describe("the event-stream decoder", () => {
  it("reads what AWS's own codec has written, wherever the reads are cut", () => {
    fc.assert(
      fc.property(messages, fc.array(fc.nat(), { maxLength: 12 }), (list, places) => {
        const { frames, failure } = decodeAll(cut(encoded(list), places));
        assert.equal(failure, undefined);
        assert.deepEqual(frames, list.map(plainAws));
      }),
    );
  });

  it("reads it at every single cut, and byte by byte", () => {
    const list = fc.sample(messages, { numRuns: 3, seed: 1 }).flat();
    const bytes = encoded(list);
    const expected = { frames: list.map(plainAws) };
    for (let place = 0; place <= bytes.length; place++) {
      assert.deepEqual(decodeAll(cut(bytes, [place])), expected, `cut at ${place}`);
    }
    assert.deepEqual(decodeAll([...bytes].map((byte) => Buffer.of(byte))), expected);
  });

  it("gives a frame as soon as its last byte is there", () => {
    fc.assert(
      fc.property(messages, (list) => {
        const decoder = createEventStreamDecoder();
        for (const one of list) {
          const bytes = Buffer.from(aws.encode(one));
          const seen: Plain[] = [];
          decoder.push(bytes.subarray(0, -1), () => assert.fail("not yet whole"));
          decoder.push(bytes.subarray(-1), (frame) => seen.push(plainOurs(frame)));
          assert.deepEqual(seen, [plainAws(one)]);
        }
      }),
    );
  });

  it("refuses what AWS's codec refuses when one byte is wrong, and never gives a wrong frame", () => {
    fc.assert(
      fc.property(
        messages,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        (list, place, change, places) => {
          const bytes = encoded(list);
          const at = place % bytes.length;
          const damaged = Buffer.from(bytes);
          damaged.writeUInt8(bytes.readUInt8(at) ^ change, at);
          const { frames, failure } = decodeAll(cut(damaged, places));
          const whole = framesBefore(list, at);
          assert.deepEqual(frames, list.slice(0, whole).map(plainAws));
          assertDataLoss(failure);
          const start = list.slice(0, whole).reduce((sum, one) => sum + aws.encode(one).length, 0);
          const length = aws.encode(list[whole] as AwsMessage).length;
          assert.throws(() => aws.decode(damaged.subarray(start, start + length)));
        },
      ),
    );
  });

  it("refuses a stream that ends inside a frame, after the frames before it", () => {
    fc.assert(
      fc.property(messages, fc.nat(), (list, place) => {
        const bytes = encoded(list);
        const at = place % bytes.length;
        const { frames, failure } = decodeAll([bytes.subarray(0, at)]);
        const whole = framesBefore(list, at);
        assert.deepEqual(frames, list.slice(0, whole).map(plainAws));
        const isBoundary = encoded(list.slice(0, whole)).length === at;
        if (isBoundary) assert.equal(failure, undefined);
        else assertDataLoss(failure);
      }),
    );
  });

  it("reads 64-bit numbers, which JavaScript has only as bigint", () => {
    const value = [0x80, 0, 0, 0, 0, 0, 0, 1];
    const { frames } = decodeAll([frameOf([1, 0x61, 5, ...value])]);
    assert.deepEqual(frames, [[{ a: `number ${-(2n ** 63n) + 1n}` }, ""]]);
  });

  for (const [about, block] of [
    ["a type that does not exist", [1, 0x61, 10]],
    ["a name that is longer than the block", [9, 0x61]],
    ["no type", [1, 0x61]],
    ["a value that is longer than the block", [1, 0x61, 7, 0, 9, 0x62]],
    ["half a length", [1, 0x61, 7, 0]],
    ["half a number", [1, 0x61, 4, 0, 0]],
  ] as const) {
    it(`refuses headers with ${about}, though the checksums are right`, () => {
      const { frames, failure } = decodeAll([frameOf(block)]);
      assert.deepEqual(frames, []);
      assertDataLoss(failure);
    });
  }

  for (const [about, frameBytes, headerBytes] of [
    ["is larger than 24 MiB", 24 * 2 ** 20 + 1, 0],
    ["is larger than any", 0xffff_ffff, 0],
    ["has headers of more than 128 KiB", 2 ** 20, 128 * 1024 + 1],
    ["is shorter than its own frame", 15, 0],
    ["is shorter than its headers", 20, 5],
    ["has no length", 0, 0],
  ] as const) {
    it(`refuses a frame that ${about} as soon as its prelude is there`, () => {
      assertDataLoss(decodeAll([preludeOf(frameBytes, headerBytes)]).failure);
    });
  }

  it("puts a large frame together once, not with every read", () => {
    const body = Buffer.alloc(8 * 2 ** 20, "x");
    const bytes = encoded([{ headers: {}, body }]);
    const reads = Array.from({ length: Math.ceil(bytes.length / 1024) }, (_, at) =>
      bytes.subarray(at * 1024, (at + 1) * 1024),
    );
    // Eight thousand reads of a frame that was copied each time would copy thirty gigabytes.
    const { frames } = decodeAll(reads);
    assert.equal(frames[0]?.[1].length, 2 * body.length);
  });
});

/** How many of the frames end before this byte. */
function framesBefore(list: readonly AwsMessage[], at: number): number {
  let end = 0;
  return list.filter((one) => {
    end += aws.encode(one).length;
    return end <= at;
  }).length;
}

function preludeOf(frameBytes: number, headerBytes: number): Buffer {
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(frameBytes, 0);
  prelude.writeUInt32BE(headerBytes, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  return prelude;
}

/** A frame without payload whose header block is just these bytes, its checksums right. */
function frameOf(block: readonly number[]): Buffer {
  const bytes = Buffer.concat([preludeOf(16 + block.length, block.length), Buffer.from(block)]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(bytes));
  return Buffer.concat([bytes, checksum]);
}
