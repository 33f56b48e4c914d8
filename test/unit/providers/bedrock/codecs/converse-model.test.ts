import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it } from "node:test";
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
} from "@aws-sdk/client-bedrock-runtime";
import { converse } from "../../../../../server/providers/bedrock/codecs/converse.ts";
import {
  fromSdkOutput,
  toSdkInput,
} from "../../../../../server/providers/bedrock/transport/converse-blobs.ts";
import { exchangesOf } from "../../../../conformance/codec/exchange.ts";
import { answerOf } from "../../../../conformance/codec/reading.ts";

const exchanges = exchangesOf("converse", "converse", "deepseek.v3-v1:0");

/** What the SDK sends for a body, and what it reads of an answer: it drops whatever AWS's model of the API has not. */
async function throughSdk(body: string, answer: unknown) {
  let sent = "";
  const requestHandler = {
    async handle(request: { body: Uint8Array }) {
      sent = new TextDecoder().decode(request.body);
      const headers = { "content-type": "application/json" };
      const text = Readable.from([JSON.stringify(answer ?? { output: {}, stopReason: "x" })]);
      return { response: { statusCode: 200, headers, body: text } };
    },
  };
  const client = new BedrockRuntimeClient({
    region: "us-east-1",
    credentials: { accessKeyId: "EXAMPLEKEYID", secretAccessKey: "example-secret" },
    requestHandler: requestHandler as never,
  });
  const input = { ...(toSdkInput(JSON.parse(body)) as object), modelId: "deepseek.v3-v1:0" };
  const output = await client.send(new ConverseCommand(input as ConverseCommandInput));
  return { sent: JSON.parse(sent), read: fromSdkOutput(output) };
}

describe("AWS's own model of Converse", () => {
  for (const { name, asked, body, answer, brings } of exchanges) {
    if (body !== undefined) {
      it(`knows every member of the request ${name}`, async () => {
        const { sent } = await throughSdk(converse.encode(asked.request, asked.endpoint), answer);
        assert.deepEqual(sent, body);
      });
    }
    if (answer !== undefined) {
      it(`has all that we read of the answer ${name}`, async () => {
        const { read } = await throughSdk(converse.encode(asked.request, asked.endpoint), answer);
        assert.deepEqual(answerOf(converse.decode(read, asked, undefined)), brings);
      });
    }
  }
});
