import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { HopSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  HelpSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../../gen/google/rpc/error_details_pb.ts";
import { GatewayError, type GatewayErrorOptions } from "../../../server/core/error.ts";
import type { LogFields } from "../../../server/core/log.ts";
import {
  describeError,
  fromLibrary,
  httpStatusOf,
  logError,
  malformedRequest,
  toConnectError,
  tooLarge,
} from "../../../server/edge/errors.ts";
import { createHelpLinks } from "../../../server/edge/help-links.ts";
import { restError } from "../../../server/edge/rest/answer.ts";

const requestId = "00000000-0000-4000-8000-000000000001";
const hops = [
  create(HopSchema, { provider: "bedrock", region: "us-east-1", model: "m", errorReason: "X" }),
];

const failure = (code: Code, reason: ErrorReason, options: GatewayErrorOptions = {}) =>
  new GatewayError(code, reason, "What to do.", options);

/** One row of the contract's table: what leaves by every door. */
interface Row {
  readonly situation: string;
  readonly error: unknown;
  readonly code: Code;
  readonly status: number;
  readonly details: readonly ("ErrorInfo" | "BadRequest" | "RetryInfo")[];
  readonly retryAfter?: string;
}

const rows: readonly Row[] = [
  {
    situation: "a bad field",
    error: GatewayError.invalid({ field: "model", description: "Too long." }),
    code: Code.InvalidArgument,
    status: 400,
    details: ["ErrorInfo", "BadRequest"],
  },
  {
    situation: "a message that cannot be read",
    error: malformedRequest("Not JSON."),
    code: Code.InvalidArgument,
    status: 400,
    details: ["ErrorInfo"],
  },
  {
    situation: "a message above the limit",
    error: tooLarge(1024),
    code: Code.ResourceExhausted,
    status: 413,
    details: ["ErrorInfo"],
  },
  {
    situation: "no or a wrong key",
    error: failure(Code.Unauthenticated, ErrorReason.MISSING_LICENSE_KEY),
    code: Code.Unauthenticated,
    status: 401,
    details: ["ErrorInfo"],
  },
  {
    situation: "an unknown model",
    error: failure(Code.NotFound, ErrorReason.MODEL_NOT_FOUND, { metadata: { near_names: "a" } }),
    code: Code.NotFound,
    status: 404,
    details: ["ErrorInfo"],
  },
  {
    situation: "a provider that refuses for access",
    error: failure(Code.FailedPrecondition, ErrorReason.PROVIDER_ACCESS_DENIED),
    code: Code.FailedPrecondition,
    status: 400,
    details: ["ErrorInfo"],
  },
  {
    situation: "a field that is not served",
    error: GatewayError.notSupported("tools", "Tools"),
    code: Code.Unimplemented,
    status: 501,
    details: ["ErrorInfo"],
  },
  {
    situation: "a provider that throttles",
    error: failure(Code.ResourceExhausted, ErrorReason.PROVIDER_THROTTLED, { retryAfterMs: 1001 }),
    code: Code.ResourceExhausted,
    status: 429,
    details: ["ErrorInfo", "RetryInfo"],
    retryAfter: "2",
  },
  {
    situation: "every hop failed",
    error: failure(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, { hops }),
    code: Code.Unavailable,
    status: 503,
    details: ["ErrorInfo"],
  },
  {
    situation: "a deadline that passed",
    error: GatewayError.deadlineExceeded(),
    code: Code.DeadlineExceeded,
    status: 504,
    details: ["ErrorInfo"],
  },
  {
    situation: "a caller that went away",
    error: GatewayError.cancelled(),
    code: Code.Canceled,
    status: 499,
    details: [],
  },
  {
    situation: "a malformed stream",
    error: failure(Code.DataLoss, ErrorReason.PROVIDER_MALFORMED_RESPONSE),
    code: Code.DataLoss,
    status: 500,
    details: ["ErrorInfo"],
  },
  {
    situation: "a gateway that drains",
    error: GatewayError.draining(),
    code: Code.Unavailable,
    status: 503,
    details: ["ErrorInfo", "RetryInfo"],
    retryAfter: "1",
  },
  {
    situation: "a fault of the gateway",
    error: new TypeError("secret"),
    code: Code.Internal,
    status: 500,
    details: ["ErrorInfo"],
  },
];

describe("an error leaves by every door alike", () => {
  for (const { situation, error, code, status, details, retryAfter } of rows) {
    it(`after ${situation}`, () => {
      const outgoing = describeError(error, requestId);
      assert.equal(outgoing.code, code);
      const names = outgoing.details.map(({ desc }) => desc.name);
      assert.deepEqual(names, [...details, "RequestInfo"]);
      assert.equal(toConnectError(error, requestId).code, code);
      const rest = restError(error, requestId);
      assert.equal(rest.status, status);
      assert.equal(rest.headers["retry-after"], retryAfter);
      assert.equal(rest.body.error.request_id, requestId);
      assert.equal(rest.body.error.reason, outgoing.reason);
      assert.doesNotMatch(JSON.stringify([outgoing.message, rest.body]), /secret/);
    });
  }

  it("with every detail filled", () => {
    const violations = [{ field: "model", description: "Too long." }];
    const metadata = { remedy: "wait" };
    const error = GatewayError.invalid(...violations).with({ retryAfterMs: 1500, metadata, hops });
    const connect = toConnectError(error, requestId);
    const [info] = connect.findDetails(ErrorInfoSchema);
    assert.equal(info?.reason, "INVALID_FIELD");
    assert.equal(info?.domain, "gateway.axonflow.com");
    assert.deepEqual(info?.metadata, { remedy: "wait", "hop.1": "bedrock/us-east-1/m: X" });
    const [bad] = connect.findDetails(BadRequestSchema);
    assert.equal(bad?.fieldViolations[0]?.field, "model");
    const [retry] = connect.findDetails(RetryInfoSchema);
    assert.equal(retry?.retryDelay && durationMs(retry.retryDelay), 1500);
    assert.equal(connect.findDetails(RequestInfoSchema)[0]?.requestId, requestId);
    const { error: body } = restError(error, requestId).body;
    assert.deepEqual(
      [body.code, body.violations, body.retry_after_ms, body.metadata],
      ["INVALID_ARGUMENT", violations, 1500, metadata],
    );
  });

  it("with one link to help, the same at every door", () => {
    const links = createHelpLinks("https://help.example/page");
    const url = "https://help.example/page#rate_limited";
    const error = failure(Code.ResourceExhausted, ErrorReason.RATE_LIMITED);
    const [help, ...more] = toConnectError(error, requestId, links).findDetails(HelpSchema);
    assert.deepEqual(
      help?.links.map((link) => link.url),
      [url],
    );
    assert.equal(more.length, 0);
    assert.equal(restError(error, requestId, links).body.error.help, url);
    assert.ok(!("help" in restError(error, requestId).body.error));
  });

  it("without a link when nobody is there to follow it", () => {
    const links = createHelpLinks("https://help.example/page");
    const { details, helpUrl } = describeError(GatewayError.cancelled(), requestId, links);
    assert.equal(helpUrl, undefined);
    assert.ok(details.every(({ desc }) => desc !== HelpSchema));
  });

  it("in gRPC's own spelling of CANCELLED", () => {
    assert.equal(restError(GatewayError.cancelled(), requestId).body.error.code, "CANCELLED");
  });

  it("with a status for every code there is", () => {
    const codes = Object.values(Code).filter((code) => typeof code === "number");
    for (const code of codes) assert.ok(httpStatusOf[code] >= 400, Code[code]);
  });
});

describe("an error that a library raised", () => {
  for (const [code, reason] of [
    [Code.ResourceExhausted, ErrorReason.MESSAGE_TOO_LARGE],
    [Code.DeadlineExceeded, ErrorReason.DEADLINE_EXCEEDED],
    [Code.Canceled, ErrorReason.CANCELLED],
    [Code.Unimplemented, ErrorReason.NOT_SUPPORTED],
    [Code.InvalidArgument, ErrorReason.MALFORMED_REQUEST],
    [Code.Unknown, ErrorReason.INTERNAL],
  ] as const) {
    it(`as ${Code[code]} gets the reason ${reason}`, () => {
      assert.equal(fromLibrary(code, "its words", 1024).reason, reason);
    });
  }
});

describe("logError", () => {
  function logged(error: unknown) {
    const lines: { level: string; fields: LogFields }[] = [];
    const at = (level: string) => (fields: LogFields) => void lines.push({ level, fields });
    const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
    logError(log, "/complete", error, requestId);
    assert.equal(lines.length, 1);
    return lines[0];
  }

  it("tells the cause of a fault of ours in full", () => {
    const fault = new TypeError("ours");
    const line = logged(fault);
    assert.equal(line?.level, "error");
    assert.equal(line?.fields.err, fault);
    assert.equal(line?.fields.requestId, requestId);
  });

  it("names a failure of the provider, and only notes a refusal", () => {
    const cause = new Error("ThrottlingException 429");
    const line = logged(failure(Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, { cause }));
    assert.deepEqual([line?.level, line?.fields.cause], ["warn", cause.message]);
    assert.equal(logged(GatewayError.cancelled())?.level, "debug");
  });
});
