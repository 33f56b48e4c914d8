import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { openBody, sealBody } from "../../../../server/audit/chain/body-cipher.ts";
import { headerBytes, saltBytes } from "../../../../server/audit/chain/record.ts";
import { nextSalt } from "../../../../server/audit/chain/salt.ts";
import { hmacKeyOf, hmacOfDigest } from "../../../../server/audit/chain/text-hmac.ts";

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const headers = fc
  .uint8Array({ minLength: headerBytes, maxLength: headerBytes })
  .map((bytes) => Buffer.from(bytes));
const bodies = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const sealed = fc.record({ key: keys, header: headers, body: bodies, sequence: fc.maxSafeNat() });

const flipped = (bytes: Buffer, bit: number) => {
  const changed = Buffer.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
};

describe("a record's body that is encrypted", () => {
  it("opens with its key, at its sequence, behind its header", () => {
    fc.assert(
      fc.property(sealed, ({ key, header, body, sequence }) => {
        const record = sealBody(key, sequence, header, body);
        assert.deepEqual(record.subarray(0, headerBytes), header);
        assert.equal(record.length, headerBytes + body.length + 16);
        assert.deepEqual(openBody(key, sequence, record), body);
      }),
    );
  });

  it("never opens with another key, at another sequence, or with any bit changed, header included", () => {
    fc.assert(
      fc.property(sealed, keys, fc.maxSafeNat(), fc.nat(), (made, otherKey, other, seed) => {
        const { key, header, body, sequence } = made;
        const record = sealBody(key, sequence, header, body);
        fc.pre(!otherKey.equals(key) && other !== sequence);
        assert.equal(openBody(otherKey, sequence, record), undefined);
        assert.equal(openBody(key, other, record), undefined);
        assert.equal(
          openBody(key, sequence, flipped(record, seed % (8 * record.length))),
          undefined,
        );
        const cut = record.subarray(0, seed % record.length);
        assert.equal(openBody(key, sequence, cut), undefined, "cut short");
      }),
      { numRuns: 500 },
    );
  });

  it("has another nonce at every sequence: equal bodies do not look equal", () => {
    const key = randomBytes(32);
    const header = Buffer.alloc(headerBytes);
    const body = Buffer.alloc(64);
    const texts = Array.from({ length: 500 }, (_, sequence) =>
      sealBody(key, sequence + 1, header, body).toString("hex", headerBytes, headerBytes + 64),
    );
    assert.equal(new Set(texts).size, texts.length);
  });
});

describe("the salt of bodies", () => {
  it("is 16 bytes that never come twice", () => {
    const salts = Array.from({ length: 3000 }, () => nextSalt().toString("hex"));
    assert.deepEqual(new Set(salts.map((salt) => salt.length)), new Set([2 * saltBytes]));
    assert.equal(new Set(salts).size, salts.length);
  });
});

describe("the HMAC of a text", () => {
  const digest = Buffer.alloc(32, 1);
  const dataKey = Buffer.alloc(32, 2);

  it("is the same for the same text and key, and for nothing else", () => {
    const own = hmacOfDigest(hmacKeyOf(dataKey), digest);
    assert.match(own, /^[0-9a-f]{64}$/);
    assert.equal(hmacOfDigest(hmacKeyOf(dataKey), digest), own);
    assert.notEqual(hmacOfDigest(hmacKeyOf(Buffer.alloc(32, 3)), digest), own);
    assert.notEqual(hmacOfDigest(hmacKeyOf(dataKey), Buffer.alloc(32, 9)), own);
  });

  it("has a key that is not the one which bodies are encrypted with", () => {
    assert.notDeepEqual(hmacKeyOf(dataKey), dataKey);
    assert.equal(hmacKeyOf(dataKey).length, 32);
  });

  it("has the figures that HKDF and HMAC (RFC 5869, RFC 2104) give anywhere", () => {
    const figures = [hmacKeyOf(dataKey).toString("hex"), hmacOfDigest(hmacKeyOf(dataKey), digest)];
    assert.deepEqual(figures, [
      "7b4c6a6237d139c98de478c5711cad26b2789e6d51b90d7331d599f08de2e99c",
      "f48615c6114eed3eefcc028f17d3471602f8f055a58cdb990627b1fdb1e61802",
    ]);
  });
});
