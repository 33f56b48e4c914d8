import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createHmac256 } from "../../../../../server/providers/bedrock/transport/hmac256.ts";

describe("HMAC-SHA-256", () => {
  it("is that of Node, for any key and text", () => {
    const key = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(key, fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }), (key, texts) => {
        const hmac = createHmac256(key);
        for (const text of texts) {
          const expected = createHmac("sha256", key).update(text).digest();
          assert.equal(hmac(text, "hex"), expected.toString("hex"));
          assert.deepEqual(hmac(text, "buffer"), expected);
        }
      }),
    );
  });

  it("is that of RFC 4231, test case 2", () => {
    assert.equal(
      createHmac256(Buffer.from("Jefe"))("what do ya want for nothing?", "hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });
});
