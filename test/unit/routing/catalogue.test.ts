import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createCatalogue, nanoUsd } from "../../../server/routing/catalogue.ts";
import { modelEntries } from "../../../server/routing/models.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const catalogueWith = (defaultModel: string) =>
  createCatalogue({ region: "eu-west-1", defaultModel });

describe("createCatalogue", () => {
  const catalogue = catalogueWith(haiku);

  for (const name of [
    haiku,
    "claude-3-haiku",
    `us.${haiku}`,
    `global.${haiku}`,
    `arn:aws:bedrock:us-west-2::foundation-model/${haiku}`,
    `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${haiku}`,
  ]) {
    it(`finds Claude 3 Haiku as ${name}`, () => {
      assert.equal(catalogue.find(name)?.id, haiku);
    });
  }

  for (const name of ["", "claude", "CLAUDE-3-HAIKU", "meta.llama3-70b-instruct-v1:0"]) {
    it(`finds nothing as ${JSON.stringify(name)}`, () => {
      assert.equal(catalogue.find(name), undefined);
    });
  }

  it("finds a model by its alias", () => {
    assert.equal(catalogue.find("claude-3.5-sonnet")?.name, "claude-3-5-sonnet");
  });

  it("knows the guide's prices, exactly", () => {
    const prices = catalogue.models.map(({ name, price }) => [
      name,
      price?.inputNanoUsdPerMillionTokens,
      price?.outputNanoUsdPerMillionTokens,
    ]);
    assert.deepEqual(prices, [
      ["claude-3-5-sonnet", 3_000_000_000n, 15_000_000_000n],
      ["claude-3-haiku", 250_000_000n, 1_250_000_000n],
      ["claude-3-opus", 15_000_000_000n, 75_000_000_000n],
    ]);
  });

  it("places every model in the gateway's region", () => {
    for (const { regions, provider } of catalogue.models) {
      assert.deepEqual([provider, regions], ["bedrock", ["eu-west-1"]]);
    }
  });

  for (const defaultModel of [haiku, "claude-3-haiku", `us.${haiku}`]) {
    it(`marks one default, named as ${defaultModel}`, () => {
      const { models } = catalogueWith(defaultModel);
      assert.deepEqual(
        models.filter(({ isDefault }) => isDefault).map(({ id }) => id),
        [haiku],
      );
    });
  }

  it("marks no default when that is a model it does not list", () => {
    const { models } = catalogueWith("meta.llama3-70b-instruct-v1:0");
    assert.ok(models.every(({ isDefault }) => !isDefault));
  });

  it("has no name that means two models", () => {
    const names = modelEntries.flatMap(({ id, name, aliases }) => [id, name, ...aliases]);
    assert.equal(new Set(names).size, names.length);
  });

  it("names what looks alike", () => {
    assert.equal(catalogue.nearNames("claude-3-haku")[0], "claude-3-haiku");
  });
});

describe("nanoUsd", () => {
  for (const [decimal, nano] of [
    ["0", 0n],
    ["3.00", 3_000_000_000n],
    ["0.25", 250_000_000n],
    ["0.000000001", 1n],
    ["12345678901.123456789", 12_345_678_901_123_456_789n],
  ] as const) {
    it(`reads ${decimal}`, () => assert.equal(nanoUsd(decimal), nano));
  }

  for (const text of ["", "-1", "1.", ".5", "1e3", "1,5", "0.0000000001", "1 ", "NaN"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => nanoUsd(text), /no amount/));
  }

  it("reads back any amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (nano) => {
        const digits = nano.toString().padStart(10, "0");
        assert.equal(nanoUsd(`${digits.slice(0, -9)}.${digits.slice(-9)}`), nano);
      }),
    );
  });
});
