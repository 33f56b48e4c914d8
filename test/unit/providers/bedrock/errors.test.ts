import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { GatewayError, Retry } from "../../../../server/core/error.ts";
import {
  fromSdkError,
  inBandError,
  malformed,
} from "../../../../server/providers/bedrock/errors.ts";
import { sampleUsage } from "../../../fakes/completion-events.ts";

/** An error as the SDK throws it. */
function sdkError(
  name: string,
  facts: {
    status?: number;
    message?: string;
    code?: string;
    headers?: Record<string, string>;
  } = {},
): Error {
  const { status, message = "words of the provider", code, headers } = facts;
  return Object.assign(new Error(message), {
    name,
    ...(status && { $metadata: { httpStatusCode: status, requestId: "r-1" } }),
    ...(code && { code }),
    ...(headers && { $response: { headers } }),
  });
}

type Meaning = readonly [code: Code, reason: ErrorReason, retry: Retry];

const throttled: Meaning = [
  Code.ResourceExhausted,
  ErrorReason.PROVIDER_THROTTLED,
  "same-endpoint",
];
const quotaSpent: Meaning = [
  Code.ResourceExhausted,
  ErrorReason.PROVIDER_THROTTLED,
  "other-endpoint",
];
const unavailable: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "same-endpoint"];
const modelFailed: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "other-endpoint"];
const timedOut: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_TIMEOUT, "other-endpoint"];
const rejected: Meaning = [Code.InvalidArgument, ErrorReason.PROVIDER_REJECTED, "never"];
const notFound: Meaning = [Code.NotFound, ErrorReason.MODEL_NOT_FOUND, "other-endpoint"];
const needsProfile: Meaning = [Code.FailedPrecondition, ErrorReason.MODEL_NOT_SERVED, "never"];
const accessDenied: Meaning = [
  Code.FailedPrecondition,
  ErrorReason.PROVIDER_ACCESS_DENIED,
  "other-endpoint",
];
const credentials: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_CREDENTIALS, "other-endpoint"];
const broken: Meaning = [Code.DataLoss, ErrorReason.PROVIDER_MALFORMED_RESPONSE, "other-endpoint"];

function meaningOf({ code, reason, retry }: GatewayError): Meaning {
  return [code, reason, retry];
}

describe("an exception of Bedrock, with a status or inside a stream", () => {
  for (const [name, status, meaning] of [
    ["AccessDeniedException", 403, accessDenied],
    ["ConflictException", 400, rejected],
    ["InternalServerException", 500, unavailable],
    ["ModelErrorException", 424, modelFailed],
    ["ModelNotReadyException", 429, unavailable],
    ["ModelStreamErrorException", 424, modelFailed],
    ["ModelTimeoutException", 408, timedOut],
    ["ResourceNotFoundException", 404, notFound],
    ["ServiceQuotaExceededException", 400, quotaSpent],
    ["ServiceUnavailableException", 503, unavailable],
    ["ThrottlingException", 429, throttled],
    ["ValidationException", 400, rejected],
    ["ExpiredTokenException", 403, credentials],
    ["UnrecognizedClientException", 403, credentials],
    ["InvalidSignatureException", 403, credentials],
    ["IncompleteSignature", 400, credentials],
    ["RequestExpired", 400, credentials],
    ["MissingAuthenticationToken", 403, credentials],
    ["InvalidClientTokenId", 403, credentials],
    ["InternalFailure", 500, unavailable],
    ["FTUFormNotFilled", 404, accessDenied],
    ["MPAgreementBeingCreated", 403, accessDenied],
  ] as const) {
    it(`${name} ${status}`, () => {
      assert.deepEqual(meaningOf(fromSdkError(sdkError(name, { status }))), meaning);
      const inStream = name.charAt(0).toLowerCase() + name.slice(1);
      assert.deepEqual(meaningOf(fromSdkError(sdkError(inStream))), meaning, inStream);
    });
  }

  for (const [message, name, meaning] of [
    ["Too many tokens per day, please wait.", "ThrottlingException", quotaSpent],
    ["Too many requests, please wait.", "ThrottlingException", throttled],
    [
      "Invocation of model ID m with on-demand throughput isn’t supported.",
      "ValidationException",
      needsProfile,
    ],
    [
      "The provided model doesn't support on-demand throughput.",
      "ValidationException",
      needsProfile,
    ],
    ["The provided model identifier is invalid.", "ValidationException", notFound],
  ] as const) {
    it(`${name}: ${message}`, () => {
      assert.deepEqual(meaningOf(fromSdkError(sdkError(name, { status: 400, message }))), meaning);
    });
  }
});

describe("an error without a name that is known", () => {
  for (const [status, meaning] of [
    [400, rejected],
    [401, accessDenied],
    [403, accessDenied],
    [404, notFound],
    [408, timedOut],
    [424, rejected],
    [429, throttled],
    [500, unavailable],
    [503, unavailable],
    [529, unavailable],
  ] as const) {
    it(`is known by its status ${status}`, () => {
      assert.deepEqual(meaningOf(fromSdkError(sdkError("Unknown", { status }))), meaning);
    });
  }

  it("such as a proxy's HTML with status 503 is no malformed answer", () => {
    const error = sdkError("SyntaxError", { status: 503, message: "Unexpected token '<'" });
    assert.deepEqual(meaningOf(fromSdkError(error)), unavailable);
  });

  it("such as an exception of tomorrow inside a stream is the provider's failure", () => {
    assert.deepEqual(meaningOf(fromSdkError(sdkError("brandNewException"))), unavailable);
  });

  for (const code of [
    "ECONNRESET",
    "ECONNREFUSED",
    "EPIPE",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ERR_HTTP2_STREAM_ERROR",
    "CERT_HAS_EXPIRED",
  ]) {
    it(`is the network's with the code ${code}`, () => {
      assert.deepEqual(meaningOf(fromSdkError(sdkError("Error", { code }))), unavailable);
    });
  }

  it("is the network's even where the SDK calls a reset connection a timeout", () => {
    const error = sdkError("TimeoutError", { code: "ECONNRESET" });
    assert.deepEqual(meaningOf(fromSdkError(error)), unavailable);
    assert.deepEqual(meaningOf(fromSdkError(sdkError("TimeoutError"))), timedOut);
  });

  for (const thrown of [
    new Error("Truncated event message received."),
    new Error("The message checksum (1) did not match the expected value of 2"),
    new SyntaxError("Unexpected end of JSON input"),
    sdkError("SyntaxError", { status: 200 }),
    new RangeError("Offset is outside the bounds of the DataView"),
    undefined,
    "text",
  ]) {
    it(`is an answer that cannot be read: ${String(thrown).slice(0, 50)}`, () => {
      assert.deepEqual(meaningOf(fromSdkError(thrown)), broken);
    });
  }
});

describe("what a caller is told", () => {
  const arn =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku";
  const user = "arn:aws-us-gov:iam::123456789012:user/alice";

  for (const name of ["AccessDeniedException", "ThrottlingException", "Unknown", "Error"]) {
    it(`has none of the provider's words after ${name}`, () => {
      const message = `User: ${user} is not authorized on resource: ${arn} secret`;
      const error = fromSdkError(sdkError(name, { status: 403, message }));
      assert.doesNotMatch(JSON.stringify([error.message, error.metadata]), /arn:|secret|1234567/);
      assert.ok(error.cause instanceof Error);
      assert.doesNotMatch(error.cause.message, /arn:|secret|1234567/);
      assert.match(error.cause.message, new RegExp(name));
    });
  }

  it("has the provider's words after a validation, without ARNs and not without end", () => {
    const message = `Malformed input "${arn}", (${user}) and '${arn}': ${"x".repeat(5000)}`;
    const error = fromSdkError(sdkError("ValidationException", { status: 400, message }));
    assert.match(error.message, /Malformed input/);
    assert.doesNotMatch(error.message, /1234567|alice|haiku/);
    assert.ok(error.message.length < 700);
  });

  it("has words of ours when a validation comes without any", () => {
    const error = fromSdkError(sdkError("ValidationException", { message: "" }));
    assert.equal(error.message, "The provider refused the request as it stands.");
  });

  it("has a remedy when access is denied", () => {
    const { metadata } = fromSdkError(sdkError("AccessDeniedException", { status: 403 }));
    assert.match(metadata.remedy ?? "", /bedrock:InvokeModelWithResponseStream/);
  });

  for (const [about, name, headers, retryAfterMs] of [
    ["a second when the provider throttles without a hint", "ThrottlingException", {}, 1000],
    ["what the provider says", "ThrottlingException", { "retry-after": "7" }, 7000],
    ["never more than an hour", "ThrottlingException", { "retry-after": "99999" }, 3_600_000],
    ["a second when the hint is no number", "ThrottlingException", { "retry-after": "x" }, 1000],
    ["nothing when the provider only failed", "InternalServerException", {}, undefined],
    ["nothing when waiting cannot help", "ServiceQuotaExceededException", {}, undefined],
  ] as const) {
    it(`to wait: ${about}`, () => {
      const error = fromSdkError(sdkError(name, { status: 429, headers }));
      assert.equal(error.retryAfterMs, retryAfterMs);
    });
  }
});

describe("fromSdkError", () => {
  it("keeps the provider's id of the request", () => {
    const error = fromSdkError(sdkError("ThrottlingException", { status: 429 }));
    assert.equal(error.providerRequestId, "r-1");
  });

  it("leaves a typed error what it is, and adds what is known", () => {
    const usage = sampleUsage();
    const error = fromSdkError(malformed("Broken."), { usage, providerRequestId: "r-2" });
    assert.deepEqual(meaningOf(error), broken);
    assert.equal(error.usage, usage);
    assert.equal(error.providerRequestId, "r-2");
    assert.equal(error.message, "Broken. Ask again.");
  });
});

describe("inBandError", () => {
  it("takes no word that every object knows for one of its own", () => {
    assert.equal(inBandError("constructor").reason, ErrorReason.PROVIDER_UNAVAILABLE);
  });

  it("tells the log the type, cut short, and the caller what to do", () => {
    const error = inBandError(`overloaded_error${"x".repeat(1000)}`);
    assert.deepEqual(meaningOf(error), unavailable);
    assert.ok(error.cause instanceof Error && error.cause.message.length < 100);
  });
});
