import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTextDigest } from "../../../server/audit/text-digest.ts";

const whole = (text: string) => createHash("sha256").update(text).digest("hex");

function inPieces(pieces: readonly string[]): string {
  const digest = createTextDigest();
  for (const piece of pieces) digest.add(piece);
  return digest.digest().toString("hex");
}

/** How many characters are gathered before they are hashed. */
const gathered = 16_384;
const pair = "𝄞";

describe("the digest of a text that comes in pieces", () => {
  it("is that of the whole, wherever it is cut", () => {
    const units = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      // Models' JSON may hold halves of pairs: what is no text becomes U+FFFD, in pieces as in the whole.
      fc.string({ unit: fc.constantFrom("\ud834", "\udd1e", "a", pair), maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(units), (pieces) => {
        assert.equal(inPieces(pieces), whole(pieces.join("")));
      }),
    );
  });

  for (const lone of ["", "\ud834", "\udd1e"]) {
    const what = lone === "" ? "" : ` behind ${JSON.stringify(lone)}, which is no text`;
    it(`is that of the whole with a pair across each place where pieces are hashed${what}`, () => {
      for (let shift = -3; shift <= 3; shift++) {
        const before = lone + "x".repeat(gathered + shift - lone.length);
        const text = before + pair.repeat(3) + "y".repeat(gathered) + pair;
        const place = before.length;
        for (let cut = place - 2; cut <= place + 7; cut++) {
          const pieces = [text.slice(0, cut), text.slice(cut, cut + 1), text.slice(cut + 1)];
          assert.equal(inPieces(pieces), whole(text), `shift ${shift}, cut ${cut - place}`);
        }
      }
    });
  }

  it("is that of the whole for long texts of any pieces", () => {
    const long = fc.array(fc.tuple(fc.constantFrom("a", pair, "ß", "\ud834"), fc.nat(9000)), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(long, fc.integer({ min: 100, max: 5000 }), (runs, length) => {
        const text = runs.map(([unit, count]) => unit.repeat(count)).join("");
        const pieces: string[] = [];
        for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
        assert.equal(inPieces(pieces), whole(text));
      }),
      { numRuns: 40 },
    );
  });

  it("is empty until there is a character", () => {
    const digest = createTextDigest();
    assert.equal(digest.isEmpty, true);
    digest.add("");
    assert.equal(digest.isEmpty, true);
    digest.add("a");
    assert.equal(digest.isEmpty, false);
    digest.add("b".repeat(gathered));
    assert.equal(digest.isEmpty, false);
  });
});
