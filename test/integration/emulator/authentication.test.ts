import assert from "node:assert/strict";
import { test } from "node:test";
import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
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

test("a session token is checked and has to be signed", () =>
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
