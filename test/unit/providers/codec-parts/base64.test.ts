import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { base64Of, bytesOfBase64 } from "../../../../server/providers/codec-parts/base64.ts";

describe("base64", () => {
  it("brings any bytes back, those in the middle of a buffer too", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(50), (bytes, start) => {
        const part = bytes.subarray(Math.min(start, bytes.length));
        assert.deepEqual(bytesOfBase64(base64Of(part)), new Uint8Array(part));
      }),
    );
  });

  for (const text of ["not base64", "AAEC!", "=AAE", "AA=EC"]) {
    it(`does not take ${text} for bytes`, () => assert.equal(bytesOfBase64(text), undefined));
  }
});
