import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Lifecycle } from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { ListedModel } from "../../../server/core/listed-model.ts";
import { catalogueOf } from "../../fakes/catalogues.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { nextClaude, oldHaiku, openAiTurbo } from "../../fakes/model-entries.ts";

const haiku = oldHaiku.id;
const day = 24 * 60 * 60 * 1000;

const listed = (id: string, change: Partial<ListedModel> = {}): ListedModel => ({
  id,
  name: `The model ${id}`,
  maker: "anthropic",
  isText: true,
  inputModalities: ["TEXT"],
  isStreaming: true,
  onDemand: true,
  profiles: [],
  lifecycle: "active",
  ...change,
});

describe("a catalogue", () => {
  for (const name of [
    haiku,
    "claude-3-haiku",
    `us.${haiku}`,
    `global.${haiku}`,
    `arn:aws:bedrock:us-west-2::foundation-model/${haiku}`,
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${haiku}`,
  ]) {
    it(`finds Claude 3 Haiku as ${name}`, () => {
      assert.equal(catalogueOf().find(name)?.id, haiku);
    });
  }

  for (const name of ["", "claude", "CLAUDE-3-HAIKU", "meta.llama3-70b-instruct-v1:0"]) {
    it(`finds nothing as ${JSON.stringify(name)}`, () => {
      assert.equal(catalogueOf().find(name), undefined);
    });
  }

  it("prefers the model of a name to one that has it as an alias", () => {
    assert.equal(catalogueOf().find("gpt-3.5-turbo")?.provider, "openai");
  });

  it("shows everything that it knows of a model", () => {
    const model = catalogueOf().find("claude-next");
    assert.equal(model?.maker, "anthropic");
    assert.equal(model?.onDemand, false);
    assert.deepEqual(
      model?.profiles.map(({ id, geography }) => [id, geography]),
      [
        [`eu.${nextClaude.id}`, "eu"],
        [`global.${nextClaude.id}`, "global"],
      ],
    );
    assert.deepEqual(model?.refusedFields, ["temperature"]);
    assert.equal(model?.price?.inputNanoUsdPerMillionTokens, 2_200_000_000n, "through eu.");
    const [eu, global] = model?.profiles ?? [];
    assert.equal(eu?.price?.outputNanoUsdPerMillionTokens, 11_000_000_000n);
    assert.equal(global?.price?.outputNanoUsdPerMillionTokens, 10_000_000_000n);
  });

  it("shows the public price beside the guide's", () => {
    const model = catalogueOf().find("claude-3-haiku");
    assert.equal(model?.price?.inputNanoUsdPerMillionTokens, 250_000_000n);
    assert.equal(model?.publicPrice?.inputNanoUsdPerMillionTokens, 300_000_000n);
  });

  it("places models in their provider's region, and those of a provider that is off nowhere", () => {
    const places = catalogueOf()
      .models()
      .map(({ name, regions }) => [name, regions]);
    assert.deepEqual(places, [
      ["claude-3-haiku", ["eu-west-1"]],
      ["claude-next", ["eu-west-1"]],
      ["llama3-8b", ["eu-west-1"]],
      ["gpt-3.5-turbo", []],
    ]);
  });

  it("tells the end of a life from the day it comes, and a price from the day it holds", () => {
    const clock = createManualClock();
    const entry = { ...oldHaiku, endOfLife: "2026-11-25" };
    const catalogue = catalogueOf({ clock, entries: [entry, nextClaude] });
    const stand = () => {
      const [first, second] = catalogue.models();
      return [first?.lifecycle, second?.price?.effectiveFrom];
    };
    assert.deepEqual(stand(), [Lifecycle.ACTIVE, ""]);
    clock.advance(2 * day);
    assert.deepEqual(stand(), [Lifecycle.END_OF_LIFE, ""]);
    clock.advance(8 * day);
    assert.deepEqual(stand(), [Lifecycle.END_OF_LIFE, "2026-12-01"]);
  });

  for (const defaultModel of [haiku, "claude-3-haiku", `us.${haiku}`]) {
    it(`marks one default, named as ${defaultModel}`, () => {
      const marked = catalogueOf({ defaultModel })
        .models()
        .filter(({ isDefault }) => isDefault);
      assert.deepEqual(
        marked.map(({ id }) => id),
        [haiku],
      );
    });
  }

  it("names what looks alike", () => {
    assert.equal(catalogueOf().nearNames("claude-3-haku")[0], "claude-3-haiku");
  });
});

describe("what AWS lists", () => {
  it("decides lifecycle, presence and profiles, and adds what the catalogue does not know", () => {
    const catalogue = catalogueOf();
    catalogue.takeListing("eu-west-1", [
      listed(haiku, { lifecycle: "legacy", endOfLife: "2027-01-08T00:00:00Z" }),
      listed(nextClaude.id, { onDemand: true, profiles: [] }),
      listed("qwen.qwen9-1b-v1:0", { maker: "qwen" }),
      listed("stability.pictures-v1:0", { isText: false }),
      listed("cohere.rerank-v9:0"),
      listed("anthropic.claude-next-v1:0:48k", { onDemand: false }),
    ]);
    const old = catalogue.find(haiku);
    assert.deepEqual([old?.lifecycle, old?.endOfLifeDate], [Lifecycle.LEGACY, "2027-01-08"]);
    const next = catalogue.find("claude-next");
    assert.deepEqual([next?.onDemand, next?.profiles], [true, []]);
    const added = catalogue.find("qwen9-1b-v1:0");
    assert.deepEqual([added?.family, added?.price], ["converse", undefined]);
    for (const id of ["stability.pictures-v1:0", "cohere.rerank-v9:0", `${nextClaude.id}:48k`]) {
      assert.equal(catalogue.find(id), undefined, id);
    }
    assert.deepEqual(catalogue.find("llama3-8b")?.regions, [], "it is not sold there");
  });

  it("changes what a name means from the next call on", () => {
    const catalogue = catalogueOf();
    const called = () =>
      catalogue.match("fast", new Set(["bedrock"]))?.endpointsAt("eu-west-1")[0].endpoint.model;
    assert.equal(called(), `eu.${nextClaude.id}`);
    const global = `global.${nextClaude.id}`;
    catalogue.takeListing("eu-west-1", [
      listed(nextClaude.id, { onDemand: false, profiles: [global] }),
    ]);
    assert.equal(called(), global);
  });
});

describe("a name among providers", () => {
  const catalogue = catalogueOf();
  const both = new Set(["bedrock", "openai"]);

  for (const [name, providers, model] of [
    ["gpt-3.5-turbo", both, openAiTurbo.id],
    ["gpt-3.5-turbo", new Set(["bedrock"]), haiku],
    ["gpt-3.5-turbo", new Set(["openai"]), openAiTurbo.id],
    ["claude-3-haiku", both, haiku],
    ["claude-3-haiku", new Set(["openai"]), undefined],
    ["qwen.qwen9-v1:0", new Set(["openai"]), undefined],
    ["gpt-3.5-turbo-2024-01-25", both, "gpt-3.5-turbo-2024-01-25"],
    ["gpt-3.5-turbo-2024-01-25", new Set(["bedrock"]), undefined],
    ["claude-3-haiku-2024-03-07", both, undefined],
    ["gpt-of-tomorrow", new Set(["openai"]), "gpt-of-tomorrow"],
    ["gpt-of-tomorrow", both, undefined],
    ["qwen.qwen9-v1:0", both, "qwen.qwen9-v1:0"],
    ["eu.meta.llama9-v1:0", both, "eu.meta.llama9-v1:0"],
  ] as const) {
    it(`${name} among ${[...providers]} is ${model}`, () => {
      const match = catalogue.match(name, providers);
      assert.equal(match?.endpointsAt("eu-west-1")[0].endpoint.model, model);
    });
  }

  for (const [region, model, elsewhere] of [
    ["us-east-1", `us.${nextClaude.id}`, ["us-east-2", "us-west-1", "us-west-2"]],
    ["ap-northeast-1", `jp.${nextClaude.id}`, ["ap-northeast-3"]],
    ["ap-southeast-1", `global.${nextClaude.id}`, undefined],
    ["us-gov-west-1", nextClaude.id, []],
  ] as const) {
    it(`becomes in ${region} the profile that can be called there: ${model}`, () => {
      const match = catalogue.match("claude-next", both)?.endpointsAt(region)[0];
      assert.equal(match?.endpoint.model, model);
      const others = match?.servedIn?.filter((each) => each !== region);
      assert.deepEqual(others, elsewhere);
    });
  }

  it("means the same endpoint again until the day or the listing changes", () => {
    const clock = createManualClock();
    const days = catalogueOf({ clock });
    const endpoint = () => days.match("claude-next", both)?.endpointsAt("us-east-1")[0].endpoint;
    const first = endpoint();
    assert.equal(endpoint(), first);
    clock.advance(10 * day);
    assert.equal(endpoint()?.prices?.standard.effectiveFrom, "2026-12-01");
    assert.equal(first?.prices?.standard.effectiveFrom, "");
  });

  it("forgets names when callers bring too many", () => {
    const many = catalogueOf();
    for (let at = 0; at < 10_000; at++) {
      assert.equal(many.match(`meta.llama-${at}`, both)?.family, "llama");
    }
    assert.equal(many.match("claude-next", both)?.family, "anthropic");
  });

  it("stays what it is when it is an id, whose refusal then names the profiles", () => {
    const match = catalogue.match(nextClaude.id, both)?.endpointsAt("us-east-1")[0];
    assert.equal(match?.endpoint.model, nextClaude.id);
    assert.deepEqual(match?.endpoint.profiles, [`us.${nextClaude.id}`, `global.${nextClaude.id}`]);
  });

  it("brings the replacement as it can be called, and the traits", () => {
    const { endpoint } = catalogue.match(haiku, both)?.endpointsAt("us-east-1")[0] ?? {};
    assert.equal(endpoint?.replacement, `us.${nextClaude.id}`);
    const next = catalogue.match("claude-next", both)?.endpointsAt("us-east-1")[0].endpoint;
    assert.equal(next?.traits.refuses.has("temperature"), true);
    assert.deepEqual([next?.traits.reasoning, next?.traits.jsonSchema], ["adaptive", "format"]);
  });
});
