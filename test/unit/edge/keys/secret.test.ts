import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isDamaged, newSecret } from "../../../../server/edge/keys/secret.ts";

describe("a new licence key", () => {
  it("has its form, and the SHA-256 that is kept is its own", () => {
    const { secret, sha256, prefix } = newSecret();
    assert.match(secret, /^axf_[A-Za-z0-9_-]{43}[0-9a-z]{6}$/);
    assert.deepEqual(sha256, createHash("sha256").update(secret).digest());
    assert.equal(prefix, secret.slice(0, 8));
  });

  it("is never the same again", () => {
    const secrets = new Set(Array.from({ length: 1000 }, () => newSecret().secret));
    assert.equal(secrets.size, 1000);
  });
});

describe("isDamaged", () => {
  it("finds nothing wrong with a key as it was made", () => {
    for (let made = 0; made < 1000; made++) assert.equal(isDamaged(newSecret().secret), false);
  });

  it("finds any one character that is another", () => {
    const characters = "ABCXYZabcxyz0189-_";
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 52 }),
        fc.constantFrom(...characters),
        (position, character) => {
          const { secret } = newSecret();
          if (secret[position] === character) return;
          const damaged = secret.slice(0, position) + character + secret.slice(position + 1);
          assert.equal(isDamaged(damaged), true, `${position} ${character}`);
        },
      ),
    );
  });

  it("finds every cut", () => {
    const { secret } = newSecret();
    for (let length = 4; length < secret.length; length++) {
      assert.equal(isDamaged(secret.slice(0, length)), true);
    }
  });

  for (const other of ["", "axf", "test-license-key-1", "sk-axf_1"]) {
    it(`says nothing about ${other || "nothing"}, which is none of ours`, () =>
      assert.equal(isDamaged(other), false));
  }
});
