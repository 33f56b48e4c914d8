import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { type Retry, reasonName } from "../../../../server/core/error.ts";
import { fromResponse } from "../../../../server/providers/openai/errors.ts";

interface ErrorBody {
  readonly message?: string;
  readonly type?: string;
  readonly code?: string | null;
  readonly param?: string | null;
}

const invalid = (message: string, code: string | null = null, param: string | null = null) => ({
  message,
  type: "invalid_request_error",
  param,
  code,
});

function refused(status: number, error: ErrorBody | string | undefined, headers = {}) {
  const body = typeof error === "string" ? error : JSON.stringify({ error });
  return fromResponse({ status, headers, body: error === undefined ? "" : body }, {});
}

type Row = readonly [string, number, ErrorBody | string | undefined, string, string, Retry];

const throttled = ["ResourceExhausted", "PROVIDER_THROTTLED", "same-endpoint"] as const;
const quota = ["ResourceExhausted", "PROVIDER_QUOTA_EXHAUSTED", "other-endpoint"] as const;
const unavailable = ["Unavailable", "PROVIDER_UNAVAILABLE", "same-endpoint"] as const;
const elsewhere = ["Unavailable", "PROVIDER_UNAVAILABLE", "other-endpoint"] as const;
const timeout = ["Unavailable", "PROVIDER_TIMEOUT", "other-endpoint"] as const;
const rejected = ["InvalidArgument", "PROVIDER_REJECTED", "never"] as const;
const credentials = ["Unavailable", "PROVIDER_CREDENTIALS", "other-endpoint"] as const;
const denied = ["FailedPrecondition", "PROVIDER_ACCESS_DENIED", "other-endpoint"] as const;
const noModel = ["NotFound", "MODEL_NOT_FOUND", "other-endpoint"] as const;
const retired = ["NotFound", "MODEL_END_OF_LIFE", "other-endpoint"] as const;

const rate = { type: "tokens", code: "rate_limit_exceeded" };

/** The texts are those that users of OpenAI quote in public (OpenAI: Error codes). */
const rows: readonly Row[] = [
  [
    "a parameter",
    400,
    invalid("Unsupported parameter: 'stop'.", "unsupported_parameter", "stop"),
    ...rejected,
  ],
  [
    "a context that is too long",
    400,
    invalid(
      "This model's maximum context length is 8192 tokens.",
      "context_length_exceeded",
      "messages",
    ),
    ...rejected,
  ],
  [
    "a prompt against the policy",
    400,
    invalid("Your prompt was flagged.", "invalid_prompt"),
    ...rejected,
  ],
  ["a filtered prompt", 400, invalid("The response was filtered.", "content_filter"), ...rejected],
  [
    "a wrong key",
    401,
    invalid("Incorrect API key provided: sk-…abcd.", "invalid_api_key"),
    ...credentials,
  ],
  [
    "a key of another region",
    401,
    invalid("Attempted to access resource with incorrect regional hostname.", "incorrect_hostname"),
    ...credentials,
  ],
  ["a status of 401 alone", 401, undefined, ...credentials],
  [
    "a country",
    403,
    {
      message: "Country not supported.",
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
    },
    ...denied,
  ],
  ["a right that the key lacks", 403, invalid("You have insufficient permissions."), ...denied],
  [
    "a model that there is not",
    404,
    invalid("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found"),
    ...noModel,
  ],
  [
    "a model of another server",
    404,
    { message: "model 'x' not found", type: "api_error" },
    ...noModel,
  ],
  ["a model without a code", 404, { message: "no such model" }, ...noModel],
  [
    "a retired model",
    404,
    invalid("The model `gpt-4-32k` has been deprecated, learn more here.", "model_not_found"),
    ...retired,
  ],
  ["a path that there is not", 404, invalid("Invalid URL (POST /chat/completions)"), ...elsewhere],
  ["a page that there is not", 404, "<html>not found</html>", ...elsewhere],
  ["a redirection", 307, "", ...elsewhere],
  ["a timeout", 408, undefined, ...timeout],
  ["a conflict", 409, { type: "conflict" }, ...unavailable],
  ["a body that is too large", 413, "too large", ...rejected],
  ["what cannot be processed", 422, invalid("Unprocessable."), ...rejected],
  [
    "too many tokens",
    429,
    {
      message:
        "Rate limit reached for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000.",
      ...rate,
    },
    ...throttled,
  ],
  ["too many requests", 429, { ...rate, type: "requests" }, ...throttled],
  [
    "a day's requests",
    429,
    { message: "Rate limit reached for gpt-4 on requests per day (RPD): Limit 200.", ...rate },
    ...quota,
  ],
  [
    "a request above the limit",
    429,
    {
      message:
        "Request too large for gpt-4 in organization org-x on tokens per min (TPM): Limit 10000, Requested 20000.",
      ...rate,
    },
    ...quota,
  ],
  [
    "no credit",
    429,
    {
      message: "You exceeded your current quota.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    },
    ...quota,
  ],
  ["no credit, told by the type", 429, { type: "insufficient_quota" }, ...quota],
  ["an account that does not pay", 429, { code: "billing_not_active" }, ...quota],
  ["no room for flex", 429, { code: "resource_unavailable" }, ...throttled],
  ["a status of 429 alone", 429, undefined, ...throttled],
  [
    "a failure",
    500,
    { message: "The server had an error.", type: "server_error", code: null },
    ...unavailable,
  ],
  ["a proxy", 502, "<html>bad gateway</html>", ...unavailable],
  ["an overload", 503, { message: "Slow down.", code: "slow_down" }, ...unavailable],
  ["a code of tomorrow", 418, { message: "Tea.", code: "teapot" }, ...rejected],
  ["a code that every object has", 500, { code: "constructor", type: "__proto__" }, ...unavailable],
  ["an error that is no object", 500, '{"error":"oops"}', ...unavailable],
];

describe("a response that is not an answer", () => {
  for (const [about, status, error, code, reason, retry] of rows) {
    it(`for ${about}, ${status}, is ${code} ${reason}, retry ${retry}`, () => {
      const found = refused(status, error);
      assert.deepEqual(
        [Code[found.code], reasonName(found.reason), found.retry],
        [code, reason, retry],
      );
      assert.ok(found.message.length > 20);
    });
  }

  it("tells OpenAI's id of the request", () => {
    assert.equal(refused(500, undefined, { "x-request-id": "req_7" }).providerRequestId, "req_7");
  });

  it("tells how long to wait where waiting helps, and only there", () => {
    const headers = { "retry-after": "7" };
    assert.equal(refused(429, rate, headers).retryAfterMs, 7000);
    assert.equal(refused(503, undefined, headers).retryAfterMs, 7000);
    assert.equal(refused(429, rate).retryAfterMs, 1000);
    assert.equal(refused(503, undefined).retryAfterMs, undefined);
    assert.equal(refused(429, { code: "insufficient_quota" }, headers).retryAfterMs, undefined);
    assert.equal(refused(400, invalid("No."), headers).retryAfterMs, undefined);
  });

  it("is not for the same endpoint where OpenAI says so", () => {
    const { retry, retryAfterMs } = refused(500, undefined, { "x-should-retry": "false" });
    assert.deepEqual([retry, retryAfterMs], ["other-endpoint", undefined]);
    assert.equal(refused(400, invalid("No."), { "x-should-retry": "true" }).retry, "never");
  });

  it("shows the caller what is wrong with the request, and where", () => {
    const found = refused(
      400,
      invalid("Invalid 'temperature': above 2.", "decimal_above_max_value", "temperature"),
    );
    assert.equal(found.message, "OpenAI refused the request: Invalid 'temperature': above 2.");
    assert.deepEqual(found.metadata, { parameter: "temperature" });
  });

  it("says what helps against a context that is too long", () => {
    assert.match(
      refused(400, invalid("x", "context_length_exceeded")).message,
      /Shorten the conversation/,
    );
  });

  it("names the model to move to, where one is known", () => {
    const body = JSON.stringify({ error: invalid("It is deprecated.", "model_not_found") });
    const found = fromResponse({ status: 404, headers: {}, body }, { replacement: "gpt-4.1" });
    assert.deepEqual(found.metadata, { replacement: "gpt-4.1" });
  });

  it("never shows a key, an organization or a prompt, neither to the caller nor to the log", () => {
    const secrets = ["sk-live-Tail1234", "org-Acme99", "proj_Acme77", "my dark secret"];
    const message = `Invalid 'my dark secret' for sk-live-Tail1234 in org-Acme99, proj_Acme77.`;
    for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 503]) {
      for (const code of [
        null,
        "invalid_api_key",
        "rate_limit_exceeded",
        "model_not_found",
        "x my dark secret",
      ]) {
        const {
          message: said,
          metadata,
          cause,
        } = refused(status, {
          ...invalid(message, code, "my dark secret"),
          type: "my dark secret",
        });
        const everything = `${said} ${JSON.stringify(metadata)} ${String(cause)}`;
        for (const secret of secrets) assert.ok(!everything.includes(secret), everything);
      }
    }
  });
});
