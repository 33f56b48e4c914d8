import assert from "node:assert/strict";
import { test } from "node:test";
import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { sha256, signRequest } from "../../../emulator/signature.ts";
import { createAsker, overBoth, protocols, sonnet, withEmulator } from "./fixture.ts";

test("a wrong secret is an InvalidSignatureException", () =>
  overBoth({}, async (emulator, _, protocol) => {
    using stranger = createAsker(emulator, protocol, "wrong");
    const refused = { name: "InvalidSignatureException", $metadata: { httpStatusCode: 403 } };
    await assert.rejects(stranger.whole(), (error: Error & typeof refused) => {
      assert.equal(error.name, refused.name);
      assert.match(error.message, /does not match the signature you provided/);
      assert.equal(error.$metadata.httpStatusCode, 403);
      return true;
    });
  }));

test("an unknown access key is an UnrecognizedClientException", () =>
  overBoth({}, async (emulator, _, protocol) => {
    using stranger = createAsker(emulator, protocol, "emulator", "somebody");
    await assert.rejects(stranger.whole(), {
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
  }));

test("a request signed ten minutes ago, or ten minutes ahead, is refused by its date", async () => {
  for (const [minutes, words] of [
    [10, /^Signature expired/],
    [-10, /^Signature not yet current/],
  ] as const) {
    await overBoth({ now: () => Date.now() + minutes * 60_000 }, async (_, asker) => {
      await assert.rejects(asker.whole(), { name: "InvalidSignatureException", message: words });
    });
  }
});

test("a session token is checked", () =>
  withEmulator(
    { credentials: [{ accessKeyId: "temporary", secretAccessKey: "s", sessionToken: "token" }] },
    async ({ url }) => {
      const ask = async (sessionToken: string) => {
        const client = new BedrockRuntimeClient({
          region: "us-east-1",
          endpoint: url,
          credentials: { accessKeyId: "temporary", secretAccessKey: "s", sessionToken },
          maxAttempts: 1,
        });
        const body = '{"anthropic_version":"bedrock-2023-05-31"}';
        return client
          .send(new InvokeModelCommand({ modelId: sonnet, body }))
          .finally(() => client.destroy());
      };
      await assert.rejects(ask("token"), { name: "ValidationException" });
      await assert.rejects(ask("other"), { name: "UnrecognizedClientException" });
    },
  ));

test("a Bedrock API key is let in only when it is known", () =>
  withEmulator({ bearerTokens: ["key"] }, async ({ url }) => {
    const ask = async (token: string) => {
      const path = `${url}/model/${sonnet}/invoke`;
      const reply = await fetch(path, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: "{}",
      });
      return reply.headers.get("x-amzn-errortype")?.split(":")[0];
    };
    assert.equal(await ask("key"), "ValidationException");
    assert.equal(await ask("other"), "UnrecognizedClientException");
  }));

test("a request without authorization is refused", () =>
  withEmulator({}, async ({ url }) => {
    const reply = await fetch(`${url}/model/${sonnet}/invoke`, { method: "POST", body: "{}" });
    assert.equal(reply.status, 403);
    assert.match(
      reply.headers.get("x-amzn-errortype") ?? "",
      /^MissingAuthenticationTokenException:/,
    );
    assert.match(reply.headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/);
  }));

test("the journal names the region that the request is signed for, and its protocol", () =>
  withEmulator({}, async (emulator) => {
    for (const protocol of protocols) {
      using asker = createAsker(emulator, protocol);
      await asker.whole();
    }
    const requests = emulator.journal.entries.filter(({ kind }) => kind === "request");
    assert.deepEqual(
      requests.map(({ region, httpVersion }) => [region, httpVersion]),
      [
        ["eu-central-1", "2"],
        ["eu-central-1", "1.1"],
      ],
    );
  }));

/** What a careful or careless signer of its own does; `sentBody` is what arrives after signing. */
interface OwnSigner {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signedHeaders?: readonly string[];
  readonly service?: string;
  readonly sentBody?: string;
  readonly sessionToken?: string;
}

const usualSignedHeaders = ["host", "x-amz-content-sha256", "x-amz-date"];
const signers: readonly (readonly [claim: string, signer: OwnSigner, answer: RegExp])[] = [
  ["that signs only the host, the date and the hash is let in", {}, /ValidationException/],
  [
    "that signs no hash of the body is let in, as the body itself is hashed",
    { signedHeaders: ["host", "x-amz-date"], headers: {} },
    /ValidationException/,
  ],
  [
    "whose body was changed on the way is refused",
    { sentBody: '{"changed":1}' },
    /InvalidSignatureException.*does not match/,
  ],
  [
    "whose body was changed, with no hash sent, is refused",
    { sentBody: '{"changed":1}', headers: {} },
    /InvalidSignatureException.*does not match/,
  ],
  [
    "that does not sign the host is refused",
    { signedHeaders: ["x-amz-content-sha256", "x-amz-date"] },
    /InvalidSignatureException.*'Host' must be a 'SignedHeader'/,
  ],
  [
    "that does not sign the date is refused",
    { signedHeaders: ["host"] },
    /InvalidSignatureException.*'x-amz-date' must be/,
  ],
  [
    "that does not sign its session token is refused",
    { sessionToken: "token" },
    /InvalidSignatureException.*'x-amz-security-token' must be/,
  ],
  [
    "that signs for another service is refused",
    { service: "bedrock-runtime" },
    /InvalidSignatureException.*scoped to correct service: 'bedrock'/,
  ],
];

for (const [claim, signer, answer] of signers) {
  test(`a signer of its own ${claim}`, async () => {
    const { sessionToken } = signer;
    const keys = { accessKeyId: "emulator", secretAccessKey: "emulator" };
    const credentials = [{ ...keys, ...(sessionToken && { sessionToken }) }];
    await withEmulator({ credentials }, async ({ port }) => {
      assert.match(await sendSigned(port, signer), answer);
    });
  });
}

async function sendSigned(port: number, signer: OwnSigner): Promise<string> {
  const { service = "bedrock", signedHeaders = usualSignedHeaders, sessionToken } = signer;
  const body = Buffer.from("{}");
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const headers = {
    host: `127.0.0.1:${port}`,
    "x-amz-date": date,
    ...(sessionToken && { "x-amz-security-token": sessionToken }),
    ...(signer.headers ?? { "x-amz-content-sha256": sha256(body) }),
  };
  const path = `/model/${sonnet}/invoke`;
  const present = signedHeaders.filter((name) => name in headers);
  const scope = { day: date.slice(0, 8), region: "us-east-1", service, signedHeaders: present };
  const signature = signRequest({ method: "POST", path, headers, body }, scope, "emulator");
  const credential = `emulator/${scope.day}/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${present.join(";")}, Signature=${signature}`;
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: { ...headers, authorization },
    body: signer.sentBody ?? body.toString(),
  });
  return `${reply.headers.get("x-amzn-errortype")} ${await reply.text()}`;
}
