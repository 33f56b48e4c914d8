import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import fc from "fast-check";
import { BedrockException } from "../../../emulator/bedrock-exception.ts";
import { countMessageTokens, countTokens, splitTokens } from "../../../emulator/count-tokens.ts";
import { encodeChunk, encodeExceptionFrame } from "../../../emulator/event-stream.ts";
import { createHmacKey } from "../../../emulator/hmac-key.ts";
import { canonicalRequest, signRequest } from "../../../emulator/signature.ts";
import { anthropicBody, sonnet, withEmulator } from "./fixture.ts";

test("a chunk frame has the bytes that the SDK's codec gives", () => {
  const event =
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}';
  assert.equal(
    encodeChunk(event, "abcd").toString("hex"),
    "000000e20000004bd638d3ce0b3a6576656e742d747970650700056368756e6b0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070005" +
      "6576656e747b226279746573223a2265794a306558426c496a6f695932397564475675644639696247396a6131396b5a57783059534973496d6c755a475634496a6f774c434a6b5a5778305953493665794a306558426c496a6f69644756346446396b5a57783059534973496e526c654851694f694a4961534a3966513d3d222c2270223a2261626364227d528ecb0b",
  );
});

test("an exception frame has the bytes that the SDK's codec gives", () => {
  const exception = new BedrockException("ThrottlingException");
  assert.equal(
    encodeExceptionFrame(exception.exception, exception.body).toString("hex"),
    "000000b2000000613590d5d30f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e792072657175657374732c20706c656173652077616974206265666f726520747279696e6720616761696e2e227de8ffb26a",
  );
});

test("a request is signed with the path encoded twice, as another signer signs it", () => {
  const signedHeaders = ["accept", "content-type", "host", "x-amz-content-sha256", "x-amz-date"];
  const request = {
    method: "POST",
    path: "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/invoke",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      host: "127.0.0.1:8080",
      "x-amz-content-sha256": "14479f4e87d340fe0ca0d522d87a5b3a028ebb1af24fbb8d3ef4553044fc6db6",
      "x-amz-date": "20260101T000000Z",
    },
    body: Buffer.from('{"prompt":"hi"}'),
  };
  const canonical = canonicalRequest(request, signedHeaders);
  assert.match(canonical, /v1%253A0\/invoke/);
  assert.equal(
    createHash("sha256").update(canonical).digest("hex"),
    "8771ed098c94cc120c2da981cce8e372ba255e7251795eb0f1250af174323be2",
  );
  const scope = { day: "20260101", region: "us-east-1", service: "bedrock", signedHeaders };
  assert.equal(
    signRequest(request, scope, "example-secret"),
    "c3e978259b5afefbbb54bb56c3824ef8b0080b29fa2ac6478e4d9e18a3f2dd78",
  );
});

test("a key signs any text as HMAC-SHA-256 does, whatever the length of the key", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary" }), (bytes, text) => {
      const key = Buffer.from(bytes);
      const expected = createHmac("sha256", key).update(text).digest("hex");
      assert.equal(createHmacKey(key).sign(text).toString("hex"), expected);
    }),
  );
});

test("tokens joined are the text, and no token tears a character apart", () => {
  const family = "👨‍👩‍👧‍👦";
  for (const text of ["", " ", "a  b\n", "word ".repeat(9), family.repeat(9), "x".repeat(50)]) {
    const tokens = [...splitTokens(text)];
    assert.equal(tokens.join(""), text);
    assert.equal(countTokens(text), tokens.length);
    assert.ok(tokens.every((token) => token.isWellFormed()));
  }
  assert.ok([...splitTokens(family.repeat(9))].every((token) => token.startsWith("👨")));
  assert.equal(countMessageTokens("What is the capital of France?"), 8);
});

test("padding varies in length from frame to frame and repeats from run to run", async () => {
  const paddings = async () => {
    let found: string[] = [];
    await withEmulator({ bearerTokens: ["key"] }, async ({ url }) => {
      const reply = await fetch(`${url}/model/${sonnet}/invoke-with-response-stream`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(anthropicBody("Count to 100")),
      });
      found = [...(await reply.text()).matchAll(/"p":"(\w*)"/g)].map(([, padding = ""]) => padding);
    });
    return found;
  };
  const first = await paddings();
  assert.equal(first.length, 105);
  assert.ok(first.every(({ length }) => length >= 2 && length <= 62));
  assert.ok(new Set(first).size > 20);
  assert.deepEqual(await paddings(), first);
});

test("the protocol is recognised however the first bytes arrive", () =>
  withEmulator({}, async ({ port }) => {
    const request =
      "POST /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const reply = text(socket);
    for (const byte of request) await new Promise((sent) => socket.write(byte, sent));
    assert.match(await reply, /^HTTP\/1\.1 404 /);
  }));
