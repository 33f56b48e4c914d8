import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceTier } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { ModelOverride } from "../../../server/core/model-override.ts";
import { catalogueOf } from "../../fakes/catalogues.ts";
import { nextClaude } from "../../fakes/model-entries.ts";

describe("an operator's words on models", () => {
  const profile =
    "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6";
  const overrides = {
    models: new Map([
      [profile, { family: "anthropic", name: "claims", inputUsd: "2.5", outputUsd: "12" }],
      ["claude-next", { inputUsd: "1", outputUsd: "2", maxOutputTokens: 1000 }],
    ]),
    aliases: new Map([["fast", "claims"]]),
  };
  const catalogue = catalogueOf({ overrides });
  const bedrock = new Set(["bedrock"]);

  it("describe an application profile, which is then called by its ARN", () => {
    for (const name of [profile, "claims"]) {
      const match = catalogue.match(name, bedrock);
      assert.equal(match?.family, "anthropic");
      const { endpoint } = match.endpointsAt("eu-west-1")[0];
      assert.equal(endpoint.model, profile);
      assert.equal(endpoint.prices?.standard.inputNanoUsdPerMillionTokens, 2_500_000_000n);
    }
  });

  it("hold an ARN to its region, and do not promise that it stays there", () => {
    for (const name of [profile, "claims"]) {
      const match = catalogue.match(name, bedrock);
      assert.equal(match?.region, "eu-west-1");
      assert.equal(match.endpointsAt("eu-west-1")[0].servedIn, undefined);
    }
  });

  it("price one profile of a model, whose other facts stay", () => {
    const id = `us.${nextClaude.id}`;
    const models = new Map([[id, { name: "ours", inputUsd: "1.5", outputUsd: "7" }]]);
    const priced = catalogueOf({ overrides: { models, aliases: new Map() } });
    const inputOf = (name: string) =>
      priced.match(name, bedrock)?.endpointsAt("us-east-1")[0].endpoint.prices?.standard
        .inputNanoUsdPerMillionTokens;
    assert.equal(inputOf(id), 1_500_000_000n);
    assert.equal(inputOf(`eu.${nextClaude.id}`), 2_200_000_000n);
    for (const name of [id, "ours"]) {
      const found = priced.match(name, bedrock)?.endpointsAt("us-east-1")[0];
      const { endpoint, servedIn } = found ?? assert.fail(name);
      assert.deepEqual([endpoint.model, servedIn?.includes("us-west-2")], [id, true], name);
      assert.equal(endpoint.traits.refuses.has("temperature"), true);
      assert.equal(endpoint.maxOutputTokens, nextClaude.maxOutputTokens);
    }
    assert.equal(priced.find(`us.${nextClaude.id}`)?.name, "ours");
    assert.equal(priced.find(nextClaude.id)?.name, "claude-next");
  });

  it("price service tiers, after a price of their own alone by what they say", () => {
    const tiersOf = (override: ModelOverride) =>
      catalogueOf({
        overrides: { models: new Map([["claude-next", override]]), aliases: new Map() },
      })
        .match("claude-next", bedrock)
        ?.endpointsAt("us-east-1")[0].endpoint.prices?.tierFactorsPerMillion;
    const price = { inputUsd: "1", outputUsd: "2" };
    assert.equal(tiersOf({})?.get(ServiceTier.FLEX), 500_000n);
    assert.equal(tiersOf(price), undefined);
    const told = tiersOf({ ...price, flexFactor: "0.4", priorityFactor: "2" });
    assert.equal(told?.get(ServiceTier.FLEX), 400_000n);
    assert.equal(told?.get(ServiceTier.PRIORITY), 2_000_000n);
  });

  it("send a model of the family openai to OpenAI", () => {
    const models = new Map([["our-gpt", { family: "openai" }]]);
    const overridden = catalogueOf({ overrides: { models, aliases: new Map() } });
    assert.equal(overridden.match("our-gpt", new Set(["openai"]))?.provider, "openai");
    assert.equal(overridden.match("our-gpt", bedrock), undefined);
  });

  it("replace a price as a whole, and leave what they do not name", () => {
    const model = catalogue.find("claude-next");
    assert.equal(model?.price?.inputNanoUsdPerMillionTokens, 1_000_000_000n);
    assert.equal(model?.price?.cacheReadNanoUsdPerMillionTokens, undefined);
    assert.deepEqual([model?.maxOutputTokens, model?.contextWindowTokens], [1000, 1_000_000]);
  });

  it("move an alias to another model", () => {
    assert.equal(catalogue.find("fast")?.name, "claims");
    assert.deepEqual(catalogue.find("claims")?.aliases, ["fast"]);
  });
});
