import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError, reasonName } from "../../../../server/core/error.ts";
import { errorInBand, fromThrown } from "../../../../server/providers/openai/errors.ts";

describe("an error inside a stream", () => {
  for (const [error, reason, retryAfterMs] of [
    [{ type: "server_error", code: null }, "PROVIDER_UNAVAILABLE", undefined],
    [{ code: "rate_limit_exceeded" }, "PROVIDER_THROTTLED", 1000],
    [{ code: "insufficient_quota" }, "PROVIDER_QUOTA_EXHAUSTED", undefined],
    [{ type: "invalid_request_error" }, "PROVIDER_REJECTED", undefined],
    [{ code: "context_length_exceeded" }, "PROVIDER_REJECTED", undefined],
    [{}, "PROVIDER_UNAVAILABLE", undefined],
    [{ code: 503, message: "odd" }, "PROVIDER_UNAVAILABLE", undefined],
  ] as const) {
    it(`${JSON.stringify(error)} is ${reason}`, () => {
      const found = errorInBand(error);
      assert.deepEqual([reasonName(found.reason), found.retryAfterMs], [reason, retryAfterMs]);
    });
  }
});

describe("what sending throws", () => {
  for (const code of [
    "ECONNREFUSED",
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "CERT_HAS_EXPIRED",
    "HPE_INVALID_CONSTANT",
  ]) {
    it(`${code} is a provider that cannot be reached`, () => {
      const found = fromThrown(Object.assign(new Error("secret"), { code }), {
        providerRequestId: "req_7",
      });
      assert.equal(found.reason, ErrorReason.PROVIDER_UNAVAILABLE);
      assert.equal(found.providerRequestId, "req_7");
      assert.equal((found.cause as Error).message, code);
    });
  }

  for (const code of ["EBODYTOOLARGE", "ESSETOOLONG"]) {
    it(`${code} is DATA_LOSS`, () => {
      assert.equal(fromThrown(Object.assign(new Error(), { code })).code, Code.DataLoss);
    });
  }

  it("a fault of ours stays one", () => {
    assert.equal(fromThrown(new TypeError("x is not a function")).code, Code.Internal);
  });

  it("a typed error gets what more is known, and keeps the rest", () => {
    const error = errorInBand({ code: "rate_limit_exceeded" });
    const found = fromThrown(error, { providerRequestId: "req_7" });
    assert.ok(found instanceof GatewayError);
    assert.deepEqual([found.providerRequestId, found.retryAfterMs], ["req_7", 1000]);
  });
});
