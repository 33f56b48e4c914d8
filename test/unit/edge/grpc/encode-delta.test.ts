import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { CompleteStreamResponseSchema } from "../../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { encodeTextDelta } from "../../../../server/edge/grpc/encode-delta.ts";

type Init = MessageInitShape<typeof CompleteStreamResponseSchema>;

const message = (init: Init) => create(CompleteStreamResponseSchema, init);
const textMessage = (sequence: bigint, blockIndex: number, text: string) =>
  message({
    sequence,
    event: { case: "delta", value: { blockIndex, piece: { case: "text", value: text } } },
  });

/** Numbers at which a varint grows, and their neighbours. */
const edges = [0, 1, 2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 31 - 1];
const edge = fc
  .constantFrom(...edges)
  .chain((number) => fc.constantFrom(Math.max(0, number - 1), number));
const number = fc.oneof(edge, fc.integer({ min: 0, max: 2 ** 31 - 1 }));

describe("a piece of text on the gRPC lane", () => {
  it("has the bytes that the general encoder writes", () => {
    fc.assert(
      fc.property(number, number, fc.string({ unit: "binary" }), (sequence, block, text) => {
        const delta = textMessage(BigInt(sequence), block, text);
        const expected = Buffer.from(toBinary(CompleteStreamResponseSchema, delta));
        assert.deepEqual(encodeTextDelta(delta), expected);
      }),
    );
  });

  for (const length of [0, 1, 127, 128, 16_383, 16_384, 100_000]) {
    it(`has them with ${length} characters, some of them wide`, () => {
      for (const letter of ["a", "ü"]) {
        const delta = textMessage(5n, 0, letter.repeat(length));
        const expected = Buffer.from(toBinary(CompleteStreamResponseSchema, delta));
        assert.deepEqual(encodeTextDelta(delta), expected);
      }
    });
  }

  for (const [about, other] of [
    ["its numbers are beyond 31 bits", textMessage(2n ** 40n, 0, "a")],
    ["its block is negative", textMessage(1n, -1, "a")],
    ["it is reasoning", message({ event: { case: "delta", value: reasoning() } })],
    ["it is the end", message({ event: { case: "completed", value: {} } })],
    ["it is nothing", message({})],
  ] as const) {
    it(`is left to the general encoder when ${about}`, () => {
      assert.equal(encodeTextDelta(other), undefined);
    });
  }
});

function reasoning() {
  return { piece: { case: "reasoning" as const, value: { text: "a" } } };
}
