import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { authenticateBy, authenticateNobody } from "../../../server/edge/authenticate.ts";
import { refusalOf } from "../../fakes/outcomes.ts";

const longest = "k".repeat(4096);
const authenticate = authenticateBy(
  Object.entries({ first: "first-license-key", second: "second-license-key", long: longest }).map(
    ([name, key]) => ({ name, sha256: createHash("sha256").update(key).digest() }),
  ),
);

describe("authenticateBy", () => {
  for (const [authorization, name] of [
    ["Bearer first-license-key", "first"],
    ["Bearer second-license-key", "second"],
    ["bearer first-license-key", "first"],
    ["BEARER   first-license-key  ", "first"],
    [`Bearer ${longest}`, "long"],
  ] as const) {
    it(`knows the holder of ${authorization.slice(0, 40)}`, () => {
      assert.deepEqual(authenticate(authorization), { name });
    });
  }

  const { MISSING_LICENSE_KEY: missing, INVALID_LICENSE_KEY: invalid } = ErrorReason;
  for (const [about, authorization, reason] of [
    ["no header", undefined, missing],
    ["an empty header", "", missing],
    ["a scheme without a key", "Bearer ", missing],
    ["another scheme", "Basic first-license-key", missing],
    ["a key without its scheme", "first-license-key", missing],
    ["a key in two words", "Bearer first-license-key second-license-key", missing],
    ["an unknown key", "Bearer third-license-key", invalid],
    ["a key in another case", "Bearer First-License-Key", invalid],
    ["the beginning of a key", "Bearer first-license-ke", invalid],
    ["a key and a little more", "Bearer first-license-keys", invalid],
    ["a huge key that begins with a good one", `Bearer ${longest}k`, invalid],
    ["a huge header", `Bearer ${"x".repeat(10_000_000)}`, invalid],
  ] as const) {
    it(`refuses ${about}, and does not repeat it`, async () => {
      const error = await refusalOf(() => authenticate(authorization));
      assert.equal(error.code, Code.Unauthenticated);
      assert.equal(error.reason, reason);
      assert.doesNotMatch(error.message, /-license-key|kkk|xxx/);
    });
  }

  it("lets nobody in when there are no keys", async () => {
    const error = await refusalOf(() => authenticateBy([])("Bearer first-license-key"));
    assert.equal(error.reason, invalid);
  });
});

describe("authenticateNobody", () => {
  it("calls everybody anonymous, key or not", () => {
    assert.deepEqual(authenticateNobody(undefined), { name: "anonymous" });
    assert.deepEqual(authenticateNobody("Bearer anything"), { name: "anonymous" });
  });
});
