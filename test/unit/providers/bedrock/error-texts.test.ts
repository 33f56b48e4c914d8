import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { providerError } from "../../../../server/providers/bedrock/errors.ts";
import { sampleEndpoint } from "../../../fakes/calls.ts";
import { sdkError } from "../../../fakes/provider-errors.ts";

describe("what a caller is told about an error of the provider", () => {
  const arn =
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-3-haiku";
  const user = "arn:aws-us-gov:iam::123456789012:user/alice";

  for (const name of ["AccessDeniedException", "ThrottlingException", "Unknown", "Error"]) {
    it(`has none of the provider's words after ${name}`, () => {
      const message = `User: ${user} is not authorized on resource: ${arn} secret`;
      const error = providerError(sdkError(name, { status: 403, message }));
      assert.doesNotMatch(JSON.stringify([error.message, error.metadata]), /arn:|secret|1234567/);
      assert.ok(error.cause instanceof Error);
      assert.doesNotMatch(error.cause.message, /arn:|secret|1234567/);
      assert.match(error.cause.message, new RegExp(name));
    });
  }

  it("has the provider's words after a validation, without ARNs and not without end", () => {
    const message = `Malformed input "${arn}", (${user}) and '${arn}': ${"x".repeat(5000)}`;
    const error = providerError(sdkError("ValidationException", { status: 400, message }));
    assert.match(error.message, /Malformed input/);
    assert.doesNotMatch(error.message, /1234567|alice|haiku/);
    assert.ok(error.message.length < 700);
  });

  it("has words of ours when a validation comes without any", () => {
    const error = providerError(sdkError("ValidationException", { message: "" }));
    assert.equal(error.message, "The provider refused the request as it stands.");
  });

  const region = "eu-west-1";
  for (const [message, remedy] of [
    ["You don't have access to the model with the specified model ID.", /console.*eu-west-1/],
    [
      `User: ${user} is not authorized to perform: bedrock:InvokeModel on resource: ${arn} because no identity-based policy allows the bedrock:InvokeModel action`,
      /Allow bedrock:InvokeModel and bedrock:InvokeModelWithResponseStream/,
    ],
    [
      "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model.",
      /aws-marketplace:Subscribe/,
    ],
    [
      "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.",
      /payment method/,
    ],
    ["Your account is not authorized to invoke this API operation.", /AWS Support/],
  ] as const) {
    it(`has a remedy when access is denied: ${message.slice(0, 60)}`, () => {
      const { metadata } = providerError(
        sdkError("AccessDeniedException", { status: 403, message }),
        { endpoint: sampleEndpoint({ region }) },
      );
      assert.match(metadata.remedy ?? "", remedy);
      assert.doesNotMatch(metadata.remedy ?? "", /arn:|1234567|alice/);
    });
  }

  for (const [name, remedy] of [
    ["FTUFormNotFilled", /use case details/],
    ["MPAgreementBeingCreated", /few minutes/],
    ["ServiceQuotaExceededException", /Service Quotas/],
  ] as const) {
    it(`has a remedy after ${name}`, () => {
      assert.match(providerError(sdkError(name, { status: 400 })).metadata.remedy ?? "", remedy);
    });
  }

  const onDemand = "Invocation of model ID m with on-demand throughput isn’t supported.";
  const ended = "This model version has reached the end of its life.";
  const legacy = "Access denied. This Model is marked by provider as Legacy and you have not been…";

  it("names the profiles to use", () => {
    const profiles = ["us.anthropic.claude-x", "global.anthropic.claude-x"];
    const error = providerError(
      sdkError("ValidationException", { status: 400, message: onDemand }),
      { endpoint: sampleEndpoint({ model: "anthropic.claude-x", profiles }) },
    );
    assert.match(error.message, /anthropic\.claude-x through inference profiles only/);
    assert.match(error.message, /us\.anthropic\.claude-x or global\.anthropic\.claude-x/);
    assert.equal(error.metadata.profiles, profiles.join(", "));
  });

  it("says how profiles are named where none is known", () => {
    const error = providerError(
      sdkError("ValidationException", { status: 400, message: onDemand }),
      { endpoint: sampleEndpoint() },
    );
    assert.match(error.message, /`us\.` or `global\.`/);
    assert.deepEqual(error.metadata, {});
  });

  for (const [message, why] of [
    [ended, /end of its life/],
    [legacy, /legacy/],
  ] as const) {
    it(`names the model that replaces one with: ${message.slice(0, 50)}`, () => {
      const error = providerError(sdkError("ResourceNotFoundException", { status: 404, message }), {
        endpoint: sampleEndpoint({ model: "m-1", replacement: "m-2" }),
      });
      assert.match(error.message, why);
      assert.match(error.message, /m-1.*Ask for m-2 instead/);
      assert.deepEqual(error.metadata, { replacement: "m-2" });
    });
  }

  it("names the model and the region where there is no such model", () => {
    const error = providerError(sdkError("ResourceNotFoundException", { status: 404 }), {
      endpoint: sampleEndpoint({ model: "m-1", region }),
    });
    assert.match(error.message, /m-1 in eu-west-1/);
  });

  it("never repeats the ARN that a model was asked for by", () => {
    for (const message of [ended, onDemand, "no such model"]) {
      for (const name of ["ResourceNotFoundException", "ValidationException"]) {
        const error = providerError(sdkError(name, { status: 400, message }), {
          endpoint: sampleEndpoint({ model: arn }),
        });
        assert.doesNotMatch(JSON.stringify([error.message, error.metadata]), /arn:a|1234567/);
      }
    }
  });

  for (const [about, name, headers, retryAfterMs] of [
    ["a second when the provider throttles without a hint", "ThrottlingException", {}, 1000],
    ["what the provider says", "ThrottlingException", { "retry-after": "7" }, 7000],
    ["what AWS says in milliseconds", "ThrottlingException", { "x-amz-retry-after": "70" }, 70],
    [
      "nothing more when the date is over",
      "ThrottlingException",
      { "retry-after": "Mon, 01 Jan 2024 00:00:00 GMT" },
      1000,
    ],
    ["never more than an hour", "ThrottlingException", { "retry-after": "99999" }, 3_600_000],
    ["a second when the hint is no number", "ThrottlingException", { "retry-after": "x" }, 1000],
    ["nothing when the provider only failed", "InternalServerException", {}, undefined],
    ["nothing when waiting cannot help", "ServiceQuotaExceededException", {}, undefined],
  ] as const) {
    it(`to wait: ${about}`, () => {
      const error = providerError(sdkError(name, { status: 429, headers }));
      assert.equal(error.retryAfterMs, retryAfterMs);
    });
  }
});
