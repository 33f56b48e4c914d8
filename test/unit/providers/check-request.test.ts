import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  type CompleteRequestSchema,
  ReasoningEffort,
  ServiceTier,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { ModelTraits, RefusableField } from "../../../server/core/model-traits.ts";
import type { Accepts } from "../../../server/providers/accepts.ts";
import { checkRequest } from "../../../server/providers/check-request.ts";
import { sampleEndpoint, sampleRequest, textBlock } from "../../fakes/calls.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import {
  cachePoint,
  choosing,
  document,
  frugal,
  generous,
  image,
  jsonSchema,
  reasoning,
  saying,
  toolResult,
  toolUse,
  wishes,
} from "../../fakes/wishes.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

const model = "test.model-v1:0";

interface Situation {
  readonly accepts?: Accepts;
  readonly traits?: Partial<ModelTraits>;
  readonly maxOutputTokens?: number | undefined;
}

function check(
  request: Request,
  { accepts = generous, traits, maxOutputTokens }: Situation = {},
): void {
  const endpoint = sampleEndpoint({
    model,
    maxOutputTokens,
    traits: { refuses: new Set(), reasoning: "effort", ...traits },
  });
  checkRequest(sampleRequest(request), endpoint, accepts);
}

async function violationsOf(request: Request, situation?: Situation) {
  const error = await refusalOf(() => check(request, situation));
  assert.equal(error.code, Code.InvalidArgument);
  assert.equal(error.reason, ErrorReason.INVALID_FIELD);
  assert.equal(error.retry, "never");
  for (const { field, description } of error.violations) {
    assert.ok(error.message.includes(`${field}: ${description}`), "the message says it too");
  }
  return error.violations;
}

const fieldsOf = async (request: Request, situation?: Situation) =>
  (await violationsOf(request, situation)).map(({ field }) => field);

const refusable = Object.entries(wishes) as [RefusableField, readonly [Request, string]][];
const everything = new Set(refusable.map(([field]) => field));

describe("checkRequest, for a model that refuses a field of its family", () => {
  for (const [field, [request, path]] of refusable) {
    it(`names ${field} as ${path}, and the model`, async () => {
      const [violation, ...others] = await violationsOf(request, {
        traits: { refuses: new Set([field]) },
      });
      assert.equal(violation?.field, path);
      assert.match(
        violation?.description ?? "",
        new RegExp(`^${model} .* Leave (it|the field) out`),
      );
      assert.deepEqual(others, []);
    });
    it(`lets ${field} pass where the model refuses everything else`, () => {
      const others = new Set(refusable.map(([other]) => other).filter((other) => other !== field));
      check(request, { traits: { refuses: others } });
    });
  }

  it("lets a plain question pass", () => check({}, { traits: { refuses: everything } }));

  for (const choice of ["auto", "none"] as const) {
    it(`lets the tool choice ${choice} pass`, () => {
      check(choosing(choice), { traits: { refuses: everything } });
    });
  }

  it("finds a picture in the result of a tool", async () => {
    const request = saying(toolResult(textBlock("Here:"), image));
    const situation = { traits: { refuses: new Set(["messages.image"] as const) } };
    assert.deepEqual(await fieldsOf(request, situation), [
      "messages[0].content[1].tool_result.content[1].image",
    ]);
  });
});

describe("checkRequest, for a family", () => {
  const refused: readonly (readonly [path: string, request: Request])[] = [
    ["temperature", { temperature: 0.1 }],
    ["max_tokens", { maxTokens: 101 }],
    ["stop_sequences", { stopSequences: ["END"] }],
    ["top_p", { topP: 1 }],
    ["top_k", { topK: 1 }],
    ["seed", { seed: 0n }],
    ["tools", { tools: [{ name: "weather" }] }],
    ["tool_choice", choosing("none")],
    ["response_format.json_schema", jsonSchema],
    ["reasoning", { reasoning: { effort: ReasoningEffort.NONE } }],
    ["reasoning", { reasoning: { budgetTokens: 1024 } }],
    ["system_cache_point", { systemCachePoint: {} }],
    ["messages[0].content[1].image", saying(image)],
    ["messages[0].content[1].document", saying(document)],
    ["messages[0].content[1].tool_use", saying(toolUse)],
    ["messages[0].content[1].tool_result", saying(toolResult(image))],
    ["messages[0].content[1].reasoning", saying(reasoning)],
    ["messages[0].content[1].cache_point", saying(cachePoint)],
  ];
  for (const [path, request] of refused) {
    it(`that takes none names ${path}, and only it`, async () => {
      assert.deepEqual(await fieldsOf(request, { accepts: frugal }), [path]);
    });
    it(`that takes all lets ${path} pass`, () => check(request));
  }

  it("lets what asks for nothing pass: zero, plain text, an empty wish", () => {
    const responseFormat = { format: { case: "text", value: {} } } as const;
    check({ temperature: 0, maxTokens: 100, responseFormat, reasoning: {} }, { accepts: frugal });
  });

  it("says what to do, with the family's name and its range", async () => {
    const accepts = { ...frugal, temperature: 1, stopSequences: 4 };
    const stopSequences = ["1", "2", "3", "4", "5"];
    const request = { temperature: 1.01, stopSequences, seed: 1n, ...saying(cachePoint) };
    const violations = await violationsOf(request, { accepts });
    assert.deepEqual(violations, [
      { field: "temperature", description: "Trappist takes 0 to 1." },
      { field: "stop_sequences", description: "Trappist takes at most 4." },
      { field: "seed", description: "Trappist has no seed. Leave the field out." },
      {
        field: "messages[0].content[1].cache_point",
        description: "Trappist takes no cache point blocks. Leave it out.",
      },
    ]);
  });
});

describe("checkRequest, about how many tokens may be written", () => {
  for (const [maxOutputTokens, familyLimit, limit] of [
    [50, 100, 50],
    [200, 100, 100],
    [undefined, 100, 100],
    [50, undefined, 50],
  ] as const) {
    it(`takes the lower of the model's ${maxOutputTokens} and the family's ${familyLimit}`, async () => {
      const situation = { accepts: { ...generous, maxTokens: familyLimit }, maxOutputTokens };
      check({ maxTokens: limit }, situation);
      assert.deepEqual(await violationsOf({ maxTokens: limit + 1 }, situation), [
        {
          field: "max_tokens",
          description: `${model} writes at most ${limit} tokens. Ask for that many or fewer.`,
        },
      ]);
    });
  }

  it("takes any number where nobody knows a limit", () => check({ maxTokens: 2 ** 31 - 1 }));
});

describe("checkRequest, about reasoning", () => {
  for (const control of [undefined, "always"] as const) {
    for (const wish of [{ effort: ReasoningEffort.NONE }, { budgetTokens: 1024 }]) {
      it(`refuses ${JSON.stringify(wish)} for a model whose control is ${control}`, async () => {
        const situation = { traits: { reasoning: control } };
        const [violation] = await violationsOf({ reasoning: wish }, situation);
        assert.deepEqual(violation, {
          field: "reasoning",
          description: `${model} cannot be told how much to reason. Leave the field out.`,
        });
      });
    }
    it(`lets an empty wish pass for a model whose control is ${control}`, () => {
      check({ reasoning: {} }, { traits: { reasoning: control } });
    });
  }
});

describe("checkRequest, about a request with many mistakes", () => {
  it("names all of them at once, those of the family and those of the model", async () => {
    const request: Request = {
      ...saying(image, document),
      temperature: 1,
      topP: 1,
      system: "Be brief.",
      serviceTier: ServiceTier.FLEX,
    };
    const refuses = new Set(["system", "service_tier"] as const);
    assert.deepEqual(await fieldsOf(request, { accepts: frugal, traits: { refuses } }), [
      "temperature",
      "top_p",
      "system",
      "service_tier",
      "messages[0].content[1].image",
      "messages[0].content[2].document",
    ]);
  });

  it("names a field once, though family and model refuse it both", async () => {
    const situation = { accepts: frugal, traits: { refuses: everything } };
    const request: Request = { ...saying(image), topP: 1, tools: [{ name: "weather" }] };
    assert.deepEqual(await fieldsOf(request, situation), [
      "top_p",
      "tools",
      "messages[0].content[1].image",
    ]);
  });

  it("names twenty of a thousand pictures", async () => {
    const request = saying(...Array.from({ length: 1000 }, () => image));
    const fields = await fieldsOf(request, { accepts: frugal });
    assert.equal(fields.length, 20);
    assert.equal(fields[19], "messages[0].content[20].image");
  });
});
