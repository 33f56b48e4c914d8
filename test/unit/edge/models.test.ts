import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  GetModelRequestSchema,
  ListModelsRequestSchema,
  ModelSchema,
} from "../../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Principal } from "../../../server/core/call.ts";
import type { Catalogue } from "../../../server/core/catalogue.ts";
import { createGate } from "../../../server/edge/gate.ts";
import { createModels } from "../../../server/edge/models.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { principalWith } from "../../fakes/principals.ts";

/** Models m0, m1, … of which every third is of the family meta. */
function catalogueOf(count: number): Catalogue {
  const models = Array.from({ length: count }, (_, index) =>
    create(ModelSchema, {
      id: `m${index}`,
      provider: "bedrock",
      aliases: [`alias-${index}`],
      regions: index % 2 === 0 ? ["us-east-1"] : ["eu-west-1", "us-east-1"],
      family: index % 3 === 2 ? "meta" : "anthropic",
    }),
  );
  return {
    models: () => models,
    match: () => undefined,
    takeListing() {},
    find: (name) => models.find(({ id }) => id === name),
    nearNames: () => ["m0", "m1"],
  };
}

function start(count = 250, principal: Principal = { name: "test" }) {
  const gate = createGate({ clock: createManualClock() });
  const models = createModels({ catalogue: catalogueOf(count), gate });
  const list = (request: MessageInitShape<typeof ListModelsRequestSchema> = {}) =>
    models.list(create(ListModelsRequestSchema, request), { principal });
  const get = (model: string) =>
    models.get(create(GetModelRequestSchema, { model }), { principal });
  return { gate, list, get };
}

describe("ListModels", () => {
  it("gives a hundred when it is not told how many", () => {
    const { models, nextPageToken } = start().list();
    assert.equal(models.length, 100);
    assert.notEqual(nextPageToken, "");
  });

  for (const pageSize of [1, 7, 100, 249, 250, 251, 1000]) {
    it(`by pages of ${pageSize} brings every model once, in order, and then an end`, () => {
      const { list } = start();
      const ids: string[] = [];
      let pageToken = "";
      do {
        const page = list({ pageSize, pageToken });
        assert.ok(page.models.length > 0 && page.models.length <= pageSize);
        ids.push(...page.models.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      assert.deepEqual(
        ids,
        Array.from({ length: 250 }, (_, index) => `m${index}`),
      );
    });
  }

  it("pages what its filters leave", () => {
    const { list } = start(9);
    const first = list({ family: "meta", pageSize: 2 });
    assert.deepEqual(
      first.models.map(({ id }) => id),
      ["m2", "m5"],
    );
    const second = list({ family: "meta", pageSize: 2, pageToken: first.nextPageToken });
    assert.deepEqual(
      second.models.map(({ id }) => id),
      ["m8"],
    );
    assert.equal(second.nextPageToken, "");
    assert.equal(list({ provider: "openai" }).models.length, 0);
  });

  it("of an empty catalogue is empty", () => {
    const { models, nextPageToken } = start(0).list();
    assert.deepEqual([models, nextPageToken], [[], ""]);
  });

  for (const [request, field] of [
    [{ pageSize: -1 }, "page_size"],
    [{ pageSize: 1001 }, "page_size"],
    [{ pageToken: "x" }, "page_token"],
    [{ pageToken: "-1" }, "page_token"],
    [{ pageToken: "1e3" }, "page_token"],
    [{ pageToken: "9".repeat(30) }, "page_token"],
  ] as const) {
    it(`refuses ${JSON.stringify(request)}`, async () => {
      const error = await refusalOf(() => start().list(request));
      assert.equal(error.code, Code.InvalidArgument);
      assert.equal(error.violations[0]?.field, field);
    });
  }
});

describe("GetModel", () => {
  it("gives the model", () => assert.equal(start().get("m3").model?.id, "m3"));

  it("wants a name", async () => {
    const error = await refusalOf(() => start().get(""));
    assert.equal(error.violations[0]?.field, "model");
  });

  it("names what looks alike when there is no such model", async () => {
    const error = await refusalOf(() => start().get("x".repeat(5000)));
    assert.equal(error.code, Code.NotFound);
    assert.equal(error.metadata.near_names, "m0, m1");
    assert.ok(error.message.length < 400);
  });
});

describe("ModelService", () => {
  it("leaves the gate as it came, and refuses while it drains", async () => {
    const { gate, list, get } = start();
    list();
    get("m1");
    assert.equal(gate.visitors, 0);
    await gate.drain(0);
    for (const ask of [() => list(), () => get("m1")]) {
      assert.equal((await refusalOf(ask)).code, Code.Unavailable);
    }
  });
});

describe("the models of a licence key with grants", () => {
  for (const [about, grants, ids] of [
    ["names of models", { models: ["m1", "alias-3"] }, ["m1", "m3"]],
    ["a pattern", { models: ["*-2"] }, ["m2"]],
    ["its regions", { regions: ["eu-*"] }, ["m1", "m3"]],
    ["its provider", { providers: ["bedrock"] }, ["m0", "m1", "m2", "m3"]],
    ["another provider", { providers: ["openai"] }, []],
    ["all of them", { models: ["m1", "m2"], regions: ["eu-*"] }, ["m1"]],
  ] as const) {
    it(`are those that fit ${about}, in both methods`, async () => {
      const { list, get } = start(4, principalWith(grants));
      assert.deepEqual(
        list().models.map(({ id }) => id),
        ids,
      );
      for (const id of ["m0", "m1", "m2", "m3"]) {
        if (ids.some((granted) => granted === id)) assert.equal(get(id).model?.id, id);
        else assert.equal((await refusalOf(() => get(id))).code, Code.PermissionDenied);
      }
    });
  }
});
