import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, type GatewayErrorOptions, reasonName } from "../../../server/core/error.ts";
import { sampleUsage } from "../../fakes/completion-events.ts";

const everything = {
  retry: "same-endpoint",
  cause: new Error("really"),
  violations: [{ field: "model", description: "Unknown." }],
  retryAfterMs: 1500,
  metadata: { remedy: "wait" },
  hops: [],
  usage: sampleUsage(),
  providerRequestId: "r-1",
} as const satisfies GatewayErrorOptions;

describe("GatewayError", () => {
  it("says nothing more than it was told", () => {
    const error = new GatewayError(Code.NotFound, ErrorReason.MODEL_NOT_FOUND, "No model.");
    assert.equal(error.retry, "never");
    assert.deepEqual([error.violations, error.metadata, error.hops], [[], {}, []]);
    assert.equal(error.retryAfterMs, undefined);
    assert.equal(error.cause, undefined);
  });

  it("with a change keeps everything else, the cause included", () => {
    const before = new GatewayError(Code.Unavailable, ErrorReason.DRAINING, "Wait.", everything);
    const after = before.with({ code: Code.DataLoss, metadata: { a: "b" } });
    assert.equal(after.code, Code.DataLoss);
    assert.deepEqual(after.metadata, { a: "b" });
    const { metadata: _, ...kept } = everything;
    for (const [name, value] of Object.entries({ ...kept, message: "Wait." })) {
      assert.deepEqual(Reflect.get(after, name), value, name);
    }
    assert.equal(after.reason, ErrorReason.DRAINING);
  });

  it("with a change is another error: the first is as it was", () => {
    const before = GatewayError.draining();
    const after = before.with({ message: "Later.", retryAfterMs: 5 });
    assert.notEqual(after, before);
    assert.ok(after instanceof GatewayError);
    assert.equal(before.retryAfterMs, 1000);
    assert.match(before.message, /shutting down/);
  });

  it("from a GatewayError is that very error", () => {
    const error = GatewayError.cancelled();
    assert.equal(GatewayError.from(error), error);
  });

  for (const thrown of [new TypeError("the secret is 42"), "the secret is 42", undefined, null]) {
    it(`from ${String(thrown)} is INTERNAL, and keeps it to itself`, () => {
      const error = GatewayError.from(thrown);
      assert.equal(error.code, Code.Internal);
      assert.equal(error.reason, ErrorReason.INTERNAL);
      assert.equal(error.cause, thrown);
      assert.doesNotMatch(error.message, /secret/);
    });
  }

  it("names every field that is wrong", () => {
    const violations = [
      { field: "a", description: "Set it." },
      { field: "b[0]", description: "Leave it out." },
    ];
    const error = GatewayError.invalid(...violations);
    assert.equal(error.message, "a: Set it. b[0]: Leave it out.");
    assert.deepEqual(error.violations, violations);
    assert.equal(error.code, Code.InvalidArgument);
  });

  it("tells which field is not served", () => {
    const error = GatewayError.notSupported("tools", "Tools");
    assert.equal(error.code, Code.Unimplemented);
    assert.deepEqual(error.metadata, { field: "tools" });
  });
});

describe("reasonName", () => {
  it("gives the enum value without its prefix", () => {
    assert.equal(reasonName(ErrorReason.PROVIDER_THROTTLED), "PROVIDER_THROTTLED");
    assert.equal(reasonName(ErrorReason.CANCELLED), "CANCELLED");
  });
});
