import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Call } from "../../../../server/core/call.ts";
import { createPseudonyms, tagsOf } from "../../../../server/policies/pii/pseudonyms.ts";
import { sampleCall, sampleRequest } from "../../../fakes/calls.ts";

const secret = Buffer.from("the secret of this process");

const callOf = (change: Partial<Call> = {}, conversationId = "") =>
  sampleCall({ request: sampleRequest({ conversationId }), ...change });

describe("a pseudonym", () => {
  it("is the type and a tag of letters, in brackets that nobody else writes", () => {
    const { tokenFor } = createPseudonyms(tagsOf(secret, callOf()));
    assert.match(tokenFor("CREDIT_CARD", "4"), /^⟦CREDIT_CARD:[a-z]{8}⟧$/);
  });

  it("says nothing of the value to who has no key", () => {
    const tags = ["one secret", "another secret"].map((each) =>
      tagsOf(Buffer.from(each), callOf())("EMAIL", "a@b"),
    );
    assert.notEqual(tags[0], tags[1]);
  });

  it("is one for one value, and another for another value or type", () => {
    const { tokenFor } = createPseudonyms(tagsOf(secret, callOf()));
    const tokens = ["a@b", "a@b", "A@b", "a@c"].map((value) => tokenFor("EMAIL", value));
    assert.equal(tokens[0], tokens[1]);
    assert.equal(new Set([...tokens, tokenFor("URL", "a@b")]).size, 4);
  });

  it("is longer where the short tag is taken, and every value comes back from its own", () => {
    const tag = (_: string, value: string) => `bbbbbbbbbbbb${value.padEnd(52, "c")}`;
    const pseudonyms = createPseudonyms(tag);
    const values = ["x", "y", "z", "xc", "zzzzzzzz"];
    const tokens = values.map((value) => pseudonyms.tokenFor("EMAIL", value));
    assert.equal(new Set(tokens).size, values.length);
    assert.deepEqual(tokens.map(pseudonyms.valueOf), values);
    assert.deepEqual(
      values.map((value) => pseudonyms.tokenFor("EMAIL", value)),
      tokens,
    );
  });

  it("is distinct for distinct values, however many", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 200 }), (values) => {
        // Tags that are alike but for their end are the worst there can be.
        const real = tagsOf(secret, callOf());
        const pseudonyms = createPseudonyms((entity, value) =>
          real(entity, value).replace(/^.{12}/, "bbbbbbbbbbbb"),
        );
        const tokens = values.map((value) => pseudonyms.tokenFor("EMAIL", value));
        assert.equal(new Set(tokens).size, values.length);
        assert.deepEqual(tokens.map(pseudonyms.valueOf), values);
      }),
    );
  });

  for (const [name, a, b, isSame] of [
    ["calls of one conversation share", callOf({ id: "1" }, "c"), callOf({ id: "2" }, "c"), true],
    ["two conversations do not", callOf({}, "c"), callOf({}, "d"), false],
    ["two calls without one do not", callOf({ id: "1" }), callOf({ id: "2" }), false],
    [
      "repetitions of a request share",
      callOf({ id: "1", repeat: { key: "k", fingerprint: "f" } }),
      callOf({ id: "2", repeat: { key: "k", fingerprint: "f" } }),
      true,
    ],
    [
      "two licence keys never share, whatever they call their conversation",
      callOf({ principal: { name: "a" } }, "c"),
      callOf({ principal: { name: "b" } }, "c"),
      false,
    ],
    [
      "two tenants never do",
      callOf({ principal: { name: "a", tenant: "s" } }, "c"),
      callOf({ principal: { name: "a", tenant: "t" } }, "c"),
      false,
    ],
    [
      "a conversation is not a repetition of the same name",
      callOf({}, "k"),
      callOf({ repeat: { key: "k", fingerprint: "f" } }),
      false,
    ],
  ] as const) {
    it(`is derived so that ${name}`, () => {
      const [first, second] = [a, b].map((call) => tagsOf(secret, call)("EMAIL", "a@b"));
      assert.equal(first === second, isSame);
    });
  }
});
