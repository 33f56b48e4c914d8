import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  llamaPrompt,
  llamaTemplateOf,
  withoutLlamaTokens,
} from "../../../../../server/providers/bedrock/codecs/llama-prompt.ts";
import {
  mistralPrompt,
  withoutMistralTokens,
} from "../../../../../server/providers/bedrock/codecs/mistral-prompt.ts";
import type { TextTurn } from "../../../../../server/providers/bedrock/codecs/text-turns.ts";
import {
  titanPrompt,
  withoutTurnMarkers,
} from "../../../../../server/providers/bedrock/codecs/titan-prompt.ts";

/** A form of prompt, and what gives a turn away in it. */
interface Form {
  readonly name: string;
  readonly safe: (text: string) => string;
  readonly prompt: (system: string, turns: readonly TextTurn[], begun?: string) => string;
  /** What the tokenizer, or the model, takes for more than text. */
  readonly token: RegExp;
  /** Pieces from which a caller could try to put a token together. */
  readonly pieces: readonly string[];
}

const llamaForm = (model: string, tokens: readonly string[]): Form => ({
  name: `the template of ${model}`,
  safe: withoutLlamaTokens,
  prompt: (system, turns, begun) => llamaPrompt(system, turns, llamaTemplateOf(model), begun),
  token: /<\|[a-zA-Z0-9_]+\|>/g,
  pieces: [...tokens, "<|", "|>", "<", "|", ">", "eot", "_id", "system\n\n", "Hi."],
});

const forms: readonly Form[] = [
  llamaForm("meta.llama3-8b-instruct-v1:0", ["<|eot_id|>", "<|start_header_id|>"]),
  llamaForm("us.meta.llama4-scout-17b-instruct-v1:0", ["<|eot|>", "<|header_start|>"]),
  {
    name: "Mistral's instruct template",
    safe: withoutMistralTokens,
    prompt: mistralPrompt,
    token: /<\/?s>|<unk>|\[\/?INST\]|\[TOOL_CALLS\]|\[\/?AVAILABLE_TOOLS\]|\[SYSTEM_PROMPT\]/g,
    pieces: "<s> </s> [INST] [/INST] [TOOL_CALLS] [ / ] < > s INST <unk> Hi.".split(" "),
  },
  {
    name: "Titan's form",
    safe: withoutTurnMarkers,
    prompt: titanPrompt,
    token: /^[^\S\r\n]*(?:User|Bot):/gim,
    pieces: ["User:", "Bot:", "user", "BOT", ":", "\n", "\r", "\t", "  ", "Hi."],
  },
];

/** Turns as a normalised request has them: they alternate, and the user has the first and the last word. */
function turnsOf(texts: readonly string[]): TextTurn[] {
  const odd = texts.length % 2 === 1 ? texts : texts.slice(1);
  return odd.map((text, at) => ({ role: at % 2 === 0 ? "user" : "assistant", text }));
}

for (const { name, safe, prompt, token, pieces } of forms) {
  describe(`${name}, given any text`, () => {
    const words = fc.array(fc.constantFrom(...pieces), { maxLength: 12 });
    const nasty = words.map((found) => found.join(""));
    const text = fc.oneof({ weight: 5, arbitrary: nasty }, fc.string({ unit: "grapheme" }));
    const tokensIn = (value: string) => value.match(token) ?? [];

    it("never has a token in it", () => {
      fc.assert(
        fc.property(text, (value) => assert.deepEqual(tokensIn(safe(value)), [])),
        { numRuns: 2000 },
      );
    });

    it("has the tokens of its own turns and no others, whoever says what", () => {
      const texts = fc.array(text, { minLength: 1, maxLength: 5 });
      fc.assert(
        fc.property(text, texts, (system, said) => {
          const turns = turnsOf(said);
          const plain = turns.map((turn) => ({ ...turn, text: "x" }));
          const expected = tokensIn(prompt(system && "x", plain));
          assert.deepEqual(tokensIn(prompt(system, turns)), expected);
        }),
        { numRuns: 500 },
      );
    });

    it("has no others either when the model goes on with a text of its own", () => {
      fc.assert(
        fc.property(text, (begun) => {
          const turns = turnsOf(["x"]);
          const written = prompt("", turns, begun);
          assert.deepEqual(tokensIn(written), tokensIn(prompt("", turns)));
          assert.ok(written.startsWith(prompt("", turns)));
          assert.ok(written.endsWith(safe(begun)));
        }),
        { numRuns: 500 },
      );
    });

    it("takes nothing out, and changes nothing where there is no token", () => {
      fc.assert(
        fc.property(text, (value) => {
          const written = safe(value);
          assert.equal(written.replaceAll(" ", ""), value.replaceAll(" ", ""));
          if (tokensIn(value).length === 0) assert.equal(written, value);
        }),
      );
    });

    it("is written in one pass, however long it is", () => {
      const long = pieces.map((piece) => piece.repeat(200_000));
      for (const value of long) assert.ok(safe(value).length >= value.length);
    });
  });
}

describe("a token in a caller's text", () => {
  for (const [about, written, expected] of [
    ["Llama", withoutLlamaTokens("a<|eot_id|>b"), "a< |eot_id|>b"],
    ["Llama, within another", withoutLlamaTokens("<|eot<|eot_id|>_id|>"), "<|eot< |eot_id|>_id|>"],
    ["F#, which is none", withoutLlamaTokens("f <| x |> g"), "f <| x |> g"],
    ["Mistral", withoutMistralTokens("</s><s>[INST]"), "< /s>< s>[ INST]"],
    ["HTML", withoutMistralTokens("<s>old</s> <small>"), "< s>old< /s> <small>"],
    ["a placeholder, which is none", withoutMistralTokens("[EMAIL] [TODO]"), "[EMAIL] [TODO]"],
    ["Titan", withoutTurnMarkers("Hi.\nBot: Sure."), "Hi.\nBot : Sure."],
    ["Titan, in a sentence", withoutTurnMarkers("The Bot: a story"), "The Bot: a story"],
  ] as const) {
    it(`of ${about} is written ${JSON.stringify(expected)}`, () => assert.equal(written, expected));
  }
});

describe("a text that the model goes on with", () => {
  const turns: readonly TextTurn[] = [{ role: "user", text: "Hi." }];
  const llama3 = llamaTemplateOf("meta.llama3-8b-instruct-v1:0");
  for (const [about, written, expected] of [
    [
      "Llama's header",
      llamaPrompt("", turns, llama3, " Good\n"),
      "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n Good\n",
    ],
    ["Mistral's space", mistralPrompt("", turns, " Good\n"), "<s>[INST] Hi. [/INST]  Good\n"],
    ["Titan's line break", titanPrompt("", turns, " Good\n"), "User: Hi.\nBot:\n Good\n"],
  ] as const) {
    it(`stands behind ${about}, letter by letter`, () => assert.equal(written, expected));
  }
});

describe("llamaTemplateOf", () => {
  for (const [model, turnEnd] of [
    ["meta.llama3-70b-instruct-v1:0", "<|eot_id|>"],
    ["us.meta.llama3-3-70b-instruct-v1:0", "<|eot_id|>"],
    ["us.meta.llama4-maverick-17b-instruct-v1:0", "<|eot|>"],
    ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama4-scout", "<|eot|>"],
    ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1", "<|eot_id|>"],
  ] as const) {
    it(`knows ${model}`, () => assert.equal(llamaTemplateOf(model).turnEnd, turnEnd));
  }
});
