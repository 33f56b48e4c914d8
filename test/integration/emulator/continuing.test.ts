import assert from "node:assert/strict";
import { test } from "node:test";
import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { anthropicBody, createAsker, withEmulator } from "./fixture.ts";

const answer = "One river,  two\r\n\nstones \u{1F642}\tand  a lantern.\n";
const question = `Repeat: ${answer}`;

/** A model, a body that ends with the beginning of its answer, and where its text is. */
interface Speaker {
  readonly modelId: string;
  readonly begun: (text: string) => object;
  readonly textOf: (body: { [member: string]: unknown }) => unknown;
}

const llamaOpen = `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n${question}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`;

const speakers: readonly Speaker[] = [
  {
    modelId: "meta.llama3-8b-instruct-v1:0",
    begun: (text) => ({ prompt: `${llamaOpen}${text}` }),
    textOf: ({ generation }) => generation,
  },
  {
    modelId: "mistral.mistral-7b-instruct-v0:2",
    begun: (text) => ({ prompt: `<s>[INST] ${question} [/INST] ${text}` }),
    textOf: ({ outputs }) => (outputs as { text: string }[])[0]?.text,
  },
  {
    modelId: "amazon.titan-text-express-v1",
    begun: (text) => ({ inputText: `User: ${question}\nBot:\n${text}` }),
    textOf: ({ results }) => (results as { outputText: string }[])[0]?.outputText,
  },
  {
    modelId: "anthropic.claude-3-haiku-20240307-v1:0",
    begun: (text) => {
      const messages = [
        { role: "user", content: question },
        { role: "assistant", content: text },
      ];
      return anthropicBody("", { messages });
    },
    textOf: ({ content }) => (content as { text: string }[]).map(({ text }) => text).join(""),
  },
];

for (const { modelId, begun, textOf } of speakers) {
  test(`${modelId} goes on with any part of its own answer`, () =>
    withEmulator({}, async (emulator) => {
      using asker = createAsker(emulator, "1.1");
      const refusesWhiteSpace = modelId.startsWith("anthropic.");
      for (let at = 1; at <= answer.length; at++) {
        const text = answer.slice(0, at);
        // No text of JSON holds half a character.
        if (!text.isWellFormed()) continue;
        const body = JSON.stringify(begun(text));
        const input = { modelId, contentType: "application/json", body };
        const asked = asker.client.send(new InvokeModelCommand(input));
        if (refusesWhiteSpace && text.trimEnd() !== text) {
          await assert.rejects(asked, { name: "ValidationException", message: /trailing white/ });
          continue;
        }
        const rest = textOf(JSON.parse(Buffer.from((await asked).body).toString()));
        assert.equal(rest, answer.slice(at), JSON.stringify(text));
      }
    }));
}

test("Claude that thinks, and Claude from 4.6 on, go on with nothing", () =>
  withEmulator({}, async (emulator) => {
    using asker = createAsker(emulator, "1.1");
    const messages = [
      { role: "user", content: question },
      { role: "assistant", content: "One river" },
    ];
    const thinking = { type: "enabled", budget_tokens: 1024 };
    for (const [modelId, rest, message] of [
      ["anthropic.claude-sonnet-4-5-20250929-v1:0", { thinking }, /must start with a thinking/],
      ["anthropic.claude-sonnet-4-6", {}, /does not support assistant message prefill/],
      ["anthropic.claude-opus-4-6-v1", {}, /does not support assistant message prefill/],
      ["anthropic.claude-haiku-5-5", {}, /does not support assistant message prefill/],
    ] as const) {
      const body = anthropicBody("", { messages, ...rest });
      await assert.rejects(asker.whole({ modelId, body }), {
        name: "ValidationException",
        message,
      });
    }
  }));
