import assert from "node:assert/strict";
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { describe, it } from "node:test";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { pathOf } from "../../../../../server/providers/bedrock/transport/request-target.ts";
import {
  createSigner,
  encodeLabel,
  type SignableRequest,
  type SigningKeys,
} from "../../../../../server/providers/bedrock/transport/signature.ts";

/** A hash in the form that AWS's signer wants to be given. */
class Sha256 {
  readonly hash: Hash | Hmac;
  constructor(secret?: string | Uint8Array) {
    this.hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
  }
  update(bytes: Uint8Array | string) {
    this.hash.update(bytes as Buffer);
  }
  async digest() {
    return new Uint8Array(this.hash.digest());
  }
  reset() {}
}

/** The headers that AWS's own signer adds. */
async function signedByAws(
  { method, path, headers, body }: SignableRequest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKeys,
  region: string,
  dateMs: number,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    region,
    service: "bedrock",
    // Two of its packages disagree about the type.
    sha256: Sha256 as never,
  });
  const request = {
    method,
    path,
    headers: { ...headers },
    body,
    protocol: "https:",
    hostname: "h",
  };
  const signed = await signer.sign(request, { signingDate: new Date(dateMs) });
  const names = ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];
  return Object.fromEntries(
    names.flatMap((name) => (signed.headers[name] ? [[name, signed.headers[name]]] : [])),
  );
}

const vectorKeys = { accessKeyId: "EXAMPLEKEYID", secretAccessKey: "example-secret" };
const vector: SignableRequest = {
  method: "POST",
  path: "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/invoke",
  headers: {
    host: "127.0.0.1:8080",
    accept: "application/json",
    "content-type": "application/json",
  },
  body: '{"prompt":"hi"}',
};
const vectorDateMs = Date.UTC(2026, 0, 1);

describe("a signature", () => {
  it("is the one of the published example", () => {
    const { authorization, ...rest } = createSigner("bedrock", "us-east-1")(
      vector,
      vectorKeys,
      vectorDateMs,
    );
    assert.equal(
      authorization,
      "AWS4-HMAC-SHA256 Credential=EXAMPLEKEYID/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=accept;content-type;host;x-amz-content-sha256;x-amz-date, Signature=c3e978259b5afefbbb54bb56c3824ef8b0080b29fa2ac6478e4d9e18a3f2dd78",
    );
    assert.deepEqual(rest, {
      "x-amz-content-sha256": "14479f4e87d340fe0ca0d522d87a5b3a028ebb1af24fbb8d3ef4553044fc6db6",
      "x-amz-date": "20260101T000000Z",
    });
  });

  const anyModel = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.stringMatching(/^[-a-z0-9.:%/!'()*~_ ]{1,40}$/),
    fc
      .tuple(fc.stringMatching(/^\d{12}$/), fc.stringMatching(/^[a-z0-9/:.-]{1,30}$/))
      .map(([account, id]) => `arn:aws:bedrock:us-east-1:${account}:inference-profile/${id}`),
  );
  const anyRequest = fc.record({
    model: anyModel,
    api: fc.constantFrom("invoke" as const, "converse" as const),
    delivery: fc.constantFrom("whole" as const, "stream" as const),
    headers: fc.dictionary(
      fc.stringMatching(/^x-amzn?-[a-z0-9-]{1,20}$/),
      fc.stringMatching(/^[ -~\t]{0,40}$/),
      { maxKeys: 5 },
    ),
    body: fc.oneof(
      fc.json(),
      fc.string({ unit: "grapheme" }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
  });
  const anyKeys = fc.record(
    {
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
      secretAccessKey: fc.string({ minLength: 1, maxLength: 40 }),
      sessionToken: fc.stringMatching(/^[A-Za-z0-9/+=]{1,200}$/),
    },
    { requiredKeys: ["accessKeyId", "secretAccessKey"] },
  );
  const anyDate = fc
    .date({ min: new Date("2020-01-01"), max: new Date("2090-01-01"), noInvalidDate: true })
    .map((date) => date.getTime());
  const anyRegion = fc.constantFrom("us-east-1", "eu-central-1", "us-gov-west-1");

  it("is what AWS's own signer makes of any model, headers, body, keys and date", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRequest,
        anyKeys,
        anyRegion,
        anyDate,
        async ({ model, api, delivery, headers, body }, keys, region, dateMs) => {
          const request: SignableRequest = {
            method: "POST",
            path: pathOf({ model, api, body: "", options: {} }, delivery),
            headers: { host: "example.com", "content-type": "application/json", ...headers },
            body,
          };
          const { ...ours } = createSigner("bedrock", region)(request, keys, dateMs);
          assert.deepEqual(ours, await signedByAws(request, keys, region, dateMs));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("changes with the day and with the keys, though the key of the day is kept", async () => {
    const days = fc.array(fc.tuple(anyKeys, fc.integer({ min: 0, max: 2 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(days, async (signings) => {
        const sign = createSigner("bedrock", "us-east-1");
        for (const [keys, day] of signings) {
          const dateMs = vectorDateMs + day * 86_400_000;
          const { ...ours } = sign(vector, keys, dateMs);
          assert.deepEqual(ours, await signedByAws(vector, keys, "us-east-1", dateMs));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("a label of a path", () => {
  for (const [label, encoded] of [
    ["v1:0", "v1%3A0"],
    ["a/b", "a%2Fb"],
    ["it's (so)*!", "it%27s%20%28so%29%2A%21"],
    ["-_.~", "-_.~"],
    ["ü", "%C3%BC"],
  ] as const) {
    it(`encodes ${label}`, () => assert.equal(encodeLabel(label), encoded));
  }
});
