import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { GatewayError, Retry } from "../../../../server/core/error.ts";
import { inBandError, providerError } from "../../../../server/providers/bedrock/errors.ts";
import { malformed } from "../../../../server/providers/codec-parts/malformed.ts";
import { sampleUsage } from "../../../fakes/completion-events.ts";
import { leanError, sdkError } from "../../../fakes/provider-errors.ts";

const makers = [
  ["sdk", sdkError],
  ["lean", leanError],
] as const;

/** The same name inside a stream. */
function inStream(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

type Meaning = readonly [code: Code, reason: ErrorReason, retry: Retry];

const throttled: Meaning = [
  Code.ResourceExhausted,
  ErrorReason.PROVIDER_THROTTLED,
  "same-endpoint",
];
const quotaSpent: Meaning = [
  Code.ResourceExhausted,
  ErrorReason.PROVIDER_QUOTA_EXHAUSTED,
  "other-endpoint",
];
const unavailable: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "same-endpoint"];
const modelFailed: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "other-endpoint"];
const timedOut: Meaning = [Code.Unavailable, ErrorReason.PROVIDER_TIMEOUT, "other-endpoint"];
const rejected: Meaning = [Code.InvalidArgument, ErrorReason.PROVIDER_REJECTED, "never"];
const notFound: Meaning = [Code.NotFound, ErrorReason.MODEL_NOT_FOUND, "other-endpoint"];
const endOfLife: Meaning = [Code.NotFound, ErrorReason.MODEL_END_OF_LIFE, "other-endpoint"];
const needsProfile: Meaning = [
  Code.FailedPrecondition,
  ErrorReason.MODEL_NOT_SERVED,
  "other-endpoint",
];
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

describe("an exception of Bedrock, before the stream, as its first frame and inside it", () => {
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
    ["MissingAuthenticationTokenException", 403, credentials],
    ["InvalidClientTokenId", 403, credentials],
    ["InternalFailure", 500, unavailable],
    ["FTUFormNotFilled", 404, accessDenied],
    ["MPAgreementBeingCreated", 403, accessDenied],
  ] as const) {
    it(`${name} ${status}`, () => {
      for (const [transport, make] of makers) {
        assert.deepEqual(meaningOf(providerError(make(name, { status }))), meaning, transport);
        assert.deepEqual(meaningOf(providerError(make(inStream(name)))), meaning, transport);
      }
    });
  }

  for (const [name, status, message, meaning] of [
    ["ThrottlingException", 429, "Too many tokens, please wait before trying again.", throttled],
    ["ThrottlingException", 429, "Too many requests, please wait before trying again.", throttled],
    [
      "ThrottlingException",
      429,
      "Too many tokens per day, please wait before trying again.",
      quotaSpent,
    ],
    [
      "ThrottlingException",
      429,
      "Your request rate is too high. Reduce the frequency of requests.",
      throttled,
    ],
    ["ThrottlingException", 429, "Rate exceeded", throttled],
    ["ValidationException", 400, "The provided model identifier is invalid.", notFound],
    [
      "ValidationException",
      400,
      "1 validation error detected: Value 'x' at 'modelId' failed to satisfy constraint: Member must satisfy regular expression pattern: y",
      notFound,
    ],
    [
      "ValidationException",
      400,
      "Invocation of model ID m with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
      needsProfile,
    ],
    [
      "ValidationException",
      400,
      "The provided model doesn't support on-demand throughput.",
      needsProfile,
    ],
    [
      "ValidationException",
      400,
      'Malformed input request: #: subject must not be valid against schema {"required":["messages"]}, please reformat your input and try again.',
      rejected,
    ],
    [
      "ValidationException",
      400,
      "The maximum tokens you requested exceed the model limit of 4096. Try again with a maximum tokens value lower than 4096.",
      rejected,
    ],
    [
      "ValidationException",
      400,
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
      rejected,
    ],
    [
      "ResourceNotFoundException",
      404,
      "This model version has reached the end of its life. Please refer to the AWS documentation for more details.",
      endOfLife,
    ],
    [
      "ResourceNotFoundException",
      404,
      "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. Please upgrade to an active model on Amazon Bedrock",
      endOfLife,
    ],
    [
      "AccessDeniedException",
      403,
      "You don't have access to the model with the specified model ID.",
      accessDenied,
    ],
    ["ServiceUnavailableException", 503, "Bedrock is unable to process your request.", unavailable],
    [
      "ExpiredTokenException",
      403,
      "The security token included in the request is expired",
      credentials,
    ],
  ] as const) {
    it(`${name}: ${message}`, () => {
      for (const [transport, make] of makers) {
        const before = providerError(make(name, { status, message }));
        assert.deepEqual(meaningOf(before), meaning, transport);
        const inside = providerError(make(inStream(name), { message }));
        assert.deepEqual(meaningOf(inside), meaning, transport);
      }
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
    [302, unavailable],
    [422, rejected],
    [424, modelFailed],
    [429, throttled],
    [500, unavailable],
    [503, unavailable],
    [529, unavailable],
  ] as const) {
    it(`is known by its status ${status}`, () => {
      assert.deepEqual(meaningOf(providerError(sdkError("Unknown", { status }))), meaning);
    });
  }

  it("such as a proxy's HTML with status 503 is no malformed answer", () => {
    const error = sdkError("SyntaxError", { status: 503, message: "Unexpected token '<'" });
    assert.deepEqual(meaningOf(providerError(error)), unavailable);
  });

  it("such as an exception of tomorrow inside a stream is the provider's failure", () => {
    assert.deepEqual(meaningOf(providerError(sdkError("brandNewException"))), unavailable);
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
    "UND_ERR_SOCKET",
    "UND_ERR_CONNECT_TIMEOUT",
    "HPE_INVALID_CONSTANT",
  ]) {
    it(`is the network's with the code ${code}`, () => {
      assert.deepEqual(meaningOf(providerError(sdkError("Error", { code }))), unavailable);
    });
  }

  it("is the network's even where the SDK calls a reset connection a timeout", () => {
    const error = sdkError("TimeoutError", { code: "ECONNRESET" });
    assert.deepEqual(meaningOf(providerError(error)), unavailable);
    assert.deepEqual(meaningOf(providerError(sdkError("TimeoutError"))), timedOut);
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
      assert.deepEqual(meaningOf(providerError(thrown)), broken);
    });
  }
});

describe("providerError", () => {
  it("keeps the provider's id of the request", () => {
    const error = providerError(sdkError("ThrottlingException", { status: 429 }));
    assert.equal(error.providerRequestId, "r-1");
  });

  it("leaves a typed error what it is, and adds what is known", () => {
    const usage = sampleUsage();
    const error = providerError(malformed("Broken."), { usage, providerRequestId: "r-2" });
    assert.deepEqual(meaningOf(error), broken);
    assert.equal(error.usage, usage);
    assert.equal(error.providerRequestId, "r-2");
    assert.equal(error.message, "Broken. Ask again.");
  });
});

describe("an error of our own HTTP client", () => {
  for (const [code, meaning] of [
    ["EQUEUEFULL", [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE, "other-endpoint"]],
    ["EBODYTOOLARGE", broken],
  ] satisfies [string, Meaning][]) {
    it(`${code}`, () => {
      assert.deepEqual(meaningOf(providerError(sdkError("Error", { code }))), meaning);
    });
  }
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
