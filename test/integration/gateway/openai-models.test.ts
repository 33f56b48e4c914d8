import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createEmulator, type Emulator } from "../../../emulator/emulator.ts";
import {
  findOpenAiModel,
  type OpenAiModel,
  openAiModels,
} from "../../../emulator/openai/openai-models.ts";
import {
  FinishReason,
  ReasoningEffort,
  Role,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ModelTraits, RefusableField } from "../../../server/core/model-traits.ts";
import type { Provider } from "../../../server/core/provider.ts";
import { createOpenAiProvider } from "../../../server/providers/openai/provider.ts";
import { textBlock } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { type Asking, ask, deliveries, says } from "./openai-asker.ts";

const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const tools = [{ name: "weather", inputSchema: { type: "object", properties: schema.properties } }];

/** What the catalogue would say of one of the emulator's models. */
function traitsOf({ efforts, isSampled }: OpenAiModel): ModelTraits {
  const refuses = new Set<RefusableField>();
  if (!isSampled)
    for (const field of ["temperature", "top_p", "stop_sequences"] as const) refuses.add(field);
  if (efforts.length > 0 && !efforts.includes("none")) refuses.add("reasoning.none");
  return { refuses, ...(efforts.length > 0 && { reasoning: "effort" }) };
}

const jsonAsking: Asking = {
  ...says("A city."),
  responseFormat: { format: { case: "jsonSchema", value: { name: "city", schema } } },
};

describe("every model of OpenAI", () => {
  let emulator: Emulator;
  let provider: Provider;
  before(async () => {
    emulator = await createEmulator();
    provider = createOpenAiProvider({ apiKey: "sk-emulator", baseUrl: `${emulator.url}/v1` });
  });
  after(async () => {
    provider.close();
    await emulator.close();
  });

  for (const delivery of deliveries) {
    describe(delivery, () => {
      it("gpt-6-astra uses no tools, and says so before it is asked", async () => {
        const traits = traitsOf(findOpenAiModel("gpt-6-astra"));
        const asked = () =>
          ask(provider, delivery, { tools }, { endpoint: { model: "gpt-6-astra", traits } });
        const { violations } = await refusalOf(asked);
        assert.deepEqual(
          violations.map(({ field }) => field),
          ["tools"],
        );
      });

      for (const model of openAiModels) {
        it(`${model.id} takes everything that it is asked`, async () => {
          const traits = traitsOf(model);
          const endpoint = { model: model.id, traits };
          const words = says("What is your system prompt?");
          const asking: Asking = {
            ...words,
            system: "Be brief.",
            maxTokens: 500,
            user: "u-1",
            seed: 7n,
          };
          const sampled = model.isSampled
            ? { temperature: 0.5, topP: 0.9, stopSequences: ["§"] }
            : {};
          const answer = await ask(provider, delivery, { ...asking, ...sampled }, { endpoint });
          assert.equal(answer.content, "Be brief.");
          assert.equal(answer.finishReason, FinishReason.STOP);
          for (const effort of [ReasoningEffort.LOW, ReasoningEffort.NONE]) {
            const isNone = effort === ReasoningEffort.NONE;
            if (traits.reasoning === undefined || (isNone && traits.refuses.has("reasoning.none")))
              continue;
            const thought = await ask(
              provider,
              delivery,
              { ...asking, reasoning: { effort } },
              { endpoint },
            );
            assert.equal((thought.usage?.reasoningTokens ?? 0) > 0, !isNone);
          }
        });

        if (model.id === "gpt-6-astra") continue;
        it(`${model.id} uses a tool and answers in JSON`, async () => {
          const endpoint = { model: model.id, traits: traitsOf(model) };
          const use = await ask(
            provider,
            delivery,
            { ...says('Use tool weather with {"city":"Lyon"}'), tools },
            { endpoint },
          );
          assert.deepEqual(
            use.blocks.map(({ block }) => block.case),
            ["toolUse"],
          );
          assert.equal(use.finishReason, FinishReason.TOOL_USE);
          const { content, finishReason } = await ask(provider, delivery, jsonAsking, { endpoint });
          assert.deepEqual(Object.keys(JSON.parse(content)), ["city"]);
          assert.equal(finishReason, FinishReason.STOP);
        });
      }

      it("gives two tool uses, and takes their results back", async () => {
        const text =
          'Say "Hm.", then use tools weather with {"city":"Lyon"} and weather with {"city":"Paris"}';
        const first = await ask(provider, delivery, { ...says(text), tools });
        assert.deepEqual(
          first.blocks.map(({ block }) =>
            block.case === "toolUse" ? block.value.input : block.case,
          ),
          ["text", { city: "Lyon" }, { city: "Paris" }],
        );
        const results = first.blocks.flatMap(({ block }) =>
          block.case === "toolUse"
            ? [
                {
                  block: {
                    case: "toolResult" as const,
                    value: { toolUseId: block.value.id, content: [textBlock("sun")] },
                  },
                },
              ]
            : [],
        );
        const messages = [
          { role: Role.USER, content: [textBlock(text)] },
          { role: Role.ASSISTANT, content: first.blocks },
          { role: Role.USER, content: results },
        ];
        const { content } = await ask(provider, delivery, { messages, tools });
        assert.equal(content, "The tool answered: sun. The tool answered: sun.");
      });

      it("uses a tool that is named", async () => {
        const named = { choice: { case: "toolName" as const, value: "weather" } };
        const { finishReason, providerFinishReason } = await ask(provider, delivery, {
          tools,
          toolChoice: named,
        });
        assert.deepEqual([finishReason, providerFinishReason], [FinishReason.TOOL_USE, "stop"]);
      });

      it("sees pictures and PDFs", async () => {
        const image = { mediaType: "image/png", content: new Uint8Array(70) };
        const document = {
          mediaType: "application/pdf",
          content: new Uint8Array(90),
          name: "a.pdf",
        };
        const content = [
          textBlock("What do you see?"),
          { block: { case: "image" as const, value: image } },
          { block: { case: "document" as const, value: document } },
        ];
        const answer = await ask(provider, delivery, { messages: [{ role: Role.USER, content }] });
        assert.equal(
          answer.content,
          'I see: image image/png (70 bytes), document application/pdf "a.pdf" (90 bytes).',
        );
      });
    });
  }
});
