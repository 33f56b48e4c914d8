import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { checkIdempotencyKey } from "../../../server/edge/idempotency-key.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

describe("an idempotency-key", () => {
  for (const key of [
    undefined,
    "k",
    "k".repeat(255),
    '"8e03978e-40d5"',
    "a key, with ~ and space",
  ]) {
    it(`may be ${key?.slice(0, 30) ?? "left out"}`, () =>
      assert.equal(checkIdempotencyKey(key), key));
  }

  for (const key of ["", "k".repeat(256), "caf\u{e9}", "a\nb", "a\tb", "\u{0}"]) {
    it(`may not be ${JSON.stringify(key.slice(0, 30))}`, async () => {
      const { code, violations } = await refusalOf(() => checkIdempotencyKey(key));
      assert.equal(code, Code.InvalidArgument);
      assert.equal(violations[0]?.field, "idempotency-key");
    });
  }
});
