import assert from "node:assert/strict";
import { test } from "node:test";
import { ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { anthropicBody, createAsker, sonnet, wholeText, withEmulator } from "./fixture.ts";

const bytes = Buffer.from("pixels");
const question = "What do you see?";
const source = (media_type: string) => ({
  type: "base64",
  media_type,
  data: bytes.toString("base64"),
});
const claudeAsked = (...blocks: object[]) =>
  anthropicBody("", {
    messages: [{ role: "user", content: [...blocks, { type: "text", text: question }] }],
  });

test("Claude sees images and documents, and each costs a fixed number of tokens", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const body = claudeAsked(
      { type: "image", source: source("image/png") },
      { type: "document", source: source("application/pdf"), title: "bill" },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "ab" } },
    );
    const answer = await asker.whole({ body });
    assert.equal(
      wholeText(answer),
      'I see: image image/png (6 bytes), document application/pdf "bill" (6 bytes), document text/plain (2 bytes).',
    );
    assert.equal(answer.usage?.input_tokens, 6 + 100 + 200 + 200);
  }));

test("Converse and Nova see the same, by their formats", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const content = [
      { image: { format: "jpeg" as const, source: { bytes } } },
      { document: { format: "csv" as const, name: "table", source: { bytes } } },
      { text: question },
    ];
    const seen = 'I see: image jpeg (6 bytes), document csv "table" (6 bytes).';
    const input = {
      modelId: "us.amazon.nova-lite-v1:0",
      messages: [{ role: "user" as const, content }],
    };
    const answer = await asker.client.send(new ConverseCommand(input));
    assert.deepEqual(answer.output?.message?.content, [{ text: seen }]);
    assert.equal(answer.usage?.inputTokens, 6 + 100 + 200);
  }));

test("without any there is nothing to see", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    assert.equal(wholeText(await asker.whole({ text: question })), "I see nothing but text.");
  }));

const broken: readonly (readonly [block: object, message: RegExp])[] = [
  [
    { type: "image", source: source("image/tiff") },
    /0\.content\.0\.image\.source\.base64\.media_type/,
  ],
  [{ type: "image", source: { ...source("image/png"), data: "!!" } }, /not base64/],
  [{ type: "image", source: { ...source("image/png"), data: "" } }, /not base64, or empty/],
  [{ type: "image", source: { type: "url", url: "https://example.com" } }, /should be 'base64'/],
  [{ type: "document", source: source("application/zip") }, /a PDF in base64/],
  [{ type: "hologram" }, /Input tag 'hologram'/],
];

for (const [block, message] of broken) {
  test(`Claude refuses ${JSON.stringify(block)}`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const refused = { name: "ValidationException", message };
      await assert.rejects(asker.whole({ modelId: sonnet, body: claudeAsked(block) }), refused);
    }));
}
