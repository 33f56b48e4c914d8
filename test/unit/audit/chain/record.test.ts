import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { decodeHead, encodeHead } from "../../../../server/audit/chain/head.ts";
import { decodeHeader, encodeHeader, headerBytes } from "../../../../server/audit/chain/record.ts";
import {
  type RecordKind,
  recordKindOf,
  recordKinds,
} from "../../../../server/audit/chain/record-kinds.ts";
import { readUuid, writeUuid } from "../../../../server/audit/chain/uuid.ts";

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const numbers = fc.maxSafeNat();
const small = fc.nat({ max: 2 ** 32 - 1 });

const headers = fc.record(
  {
    kind: fc.nat({ max: 255 }),
    writer: fc.uuid(),
    sequence: numbers,
    segment: small,
    epochMs: numbers,
    requestId: fc.oneof(fc.uuid(), fc.constant("")),
    keyNumber: small,
    previous: hashes,
    bodySha256: hashes,
  },
  { noNullPrototype: true },
);

const heads = fc.record(
  {
    writer: fc.uuid(),
    number: numbers,
    segment: small,
    treeSize: small,
    lastSequence: numbers,
    epochMs: numbers,
    root: hashes,
    previous: hashes,
  },
  { noNullPrototype: true },
);

/** Every change of one bit says something else, or nothing. */
function eachBitMatters(bytes: Buffer, decode: (bytes: Buffer) => object | undefined): void {
  const before = JSON.stringify(decode(bytes));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.notEqual(JSON.stringify(decode(changed)), before, `bit ${bit} says nothing`);
  }
}

describe("a record's header", () => {
  it("is read as it was written, with any body behind it", () => {
    fc.assert(
      fc.property(headers, fc.uint8Array(), (header, body) => {
        const bytes = encodeHeader(header);
        assert.equal(bytes.length, headerBytes);
        assert.deepEqual(decodeHeader(Buffer.concat([bytes, body])), header);
      }),
    );
  });

  it("says something in every bit", () => {
    const [header] = fc.sample(headers, { numRuns: 1, seed: 1 });
    assert.ok(header);
    const bytes = encodeHeader({ ...header, sequence: 5, epochMs: 1_790_000_000_000 });
    eachBitMatters(bytes, decodeHeader);
  });

  for (const [what, bytes] of [
    ["nothing", Buffer.alloc(0)],
    ["too short", Buffer.alloc(headerBytes - 1, 1)],
    ["of another version", Buffer.alloc(headerBytes, 2)],
  ] as const) {
    it(`is none where the bytes are ${what}`, () => {
      assert.equal(decodeHeader(bytes), undefined);
    });
  }
});

describe("a head", () => {
  it("is read as it was written", () => {
    fc.assert(fc.property(heads, (head) => assert.deepEqual(decodeHead(encodeHead(head)), head)));
  });

  it("has one length and one version, and is none otherwise", () => {
    const [head] = fc.sample(heads, { numRuns: 1, seed: 2 });
    assert.ok(head);
    const bytes = encodeHead(head);
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(decodeHead(bytes.subarray(0, length)), undefined);
    }
    assert.equal(decodeHead(Buffer.concat([bytes, Buffer.of(0)])), undefined);
    bytes[0] = 2;
    assert.equal(decodeHead(bytes), undefined);
  });
});

describe("a UUID in 16 bytes", () => {
  it("is read as it was written, and all zeros are the empty text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.constant("")), fc.nat({ max: 9 }), (uuid, offset) => {
        const bytes = Buffer.alloc(40, 7);
        writeUuid(uuid, bytes, offset);
        assert.equal(readUuid(bytes, offset), uuid);
        assert.deepEqual(
          [...bytes].filter((_, at) => at < offset || at >= offset + 16),
          Array(24).fill(7),
        );
      }),
    );
  });

  for (const wrong of ["no uuid", "1234", "00000000-0000-0000-0000-00000000000g"]) {
    it(`is not made of ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => writeUuid(wrong, Buffer.alloc(16), 0), /is no UUID/);
    });
  }
});

describe("the kinds of records", () => {
  it("have the numbers that stand in logs which are kept for years", () => {
    assert.deepEqual(recordKinds, {
      start: 1,
      key: 2,
      checkpoint: 3,
      prune: 4,
      archive: 5,
      intent: 10,
      outcome: 11,
      "copy-intent": 12,
      "copy-outcome": 13,
      change: 20,
      read: 21,
    });
    for (const [name, number] of Object.entries(recordKinds)) {
      assert.equal(recordKindOf(number), name as RecordKind);
    }
    assert.equal(recordKindOf(99), undefined);
  });
});
