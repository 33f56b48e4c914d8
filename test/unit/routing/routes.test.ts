import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { modelRouteProblems } from "../../../server/routing/model-route-problems.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { bedrockIn, modelRoutesOf, openAi, routedWorld } from "../../fakes/routed-world.ts";

const claude = "anthropic.claude-3-5-sonnet-20240620-v1:0";
const places = [bedrockIn("us-east-1"), openAi];

describe("without weights and routes, a call stays with one provider:", () => {
  for (const [claim, request, names, primaryProvider] of [
    ["OpenAI for OpenAI's own name", { model: "gpt-4-turbo" }, ["openai/global/gpt-4-turbo"]],
    [
      "Bedrock for the same name where it is the primary one",
      { model: "gpt-4-turbo" },
      [`bedrock/us-east-1/${claude}`],
      "bedrock",
    ],
    [
      "Bedrock for the same name where only it is allowed",
      { model: "gpt-4-turbo", routing: { allowedProviders: ["bed*"] } },
      [`bedrock/us-east-1/${claude}`],
    ],
    ["the first one for no name", {}, [`bedrock/us-east-1/${claude}`]],
    ["the primary one for no name", {}, ["openai/global/gpt-6-sol"], "openai"],
    [
      "the only allowed one for no name",
      { routing: { allowedProviders: ["openai"] } },
      ["openai/global/gpt-6-sol"],
    ],
    [
      "whoever has the model, primary or not",
      { model: "claude-3-5-sonnet" },
      [`bedrock/us-east-1/${claude}`],
      "openai",
    ],
  ] as const) {
    it(claim, () => {
      const world = routedWorld({ places, primaryProvider });
      const { routing } = { routing: undefined, ...request };
      const allowedProviders = [...(routing?.allowedProviders ?? [])];
      assert.deepEqual(world.names({ ...request, routing: { allowedProviders } }), names);
    });
  }

  it("what a region's fence keeps out is not answered by another model of another provider", async () => {
    const routing = { allowedRegions: ["us-*"] };
    const world = routedWorld({ places });
    const error = await refusalOf(() => world.names({ model: "gpt-4-turbo", routing }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
  });

  it("a slip of the pen is nobody's model, weights or not", async () => {
    for (const weights of [undefined, { openai: 0.9, bedrock: 0.1 }]) {
      const world = routedWorld({ places, ...(weights && { weights }), primaryProvider: "openai" });
      const error = await refusalOf(() => world.names({ model: "claude-3-5-sonet" }));
      assert.deepEqual([error.code, error.reason], [Code.NotFound, ErrorReason.MODEL_NOT_FOUND]);
      assert.match(error.message, /Did you mean claude-3-5-sonnet/);
    }
  });
});

describe("a route of the operator's", () => {
  const modelRoutes = modelRoutesOf({
    "gpt-4-turbo": { openai: "gpt-4-turbo", bedrock: "claude-sonnet-4-6" },
    chat: { bedrock: "claude-3-haiku" },
  });
  const sonnet = "us.anthropic.claude-sonnet-4-6";

  it("leads to all of its providers in its order, each with its own model", () => {
    const world = routedWorld({ places, modelRoutes });
    assert.deepEqual(world.names({ model: "gpt-4-turbo" }), [
      "openai/global/gpt-4-turbo",
      `bedrock/us-east-1/${sonnet}`,
    ]);
  });

  it("wins over what the catalogue says a name means at a provider", () => {
    const world = routedWorld({ places, modelRoutes });
    assert.deepEqual(world.names({ model: "gpt-4-turbo", provider: "bedrock" }), [
      `bedrock/us-east-1/${sonnet}`,
    ]);
  });

  it("may give a name of its own, and is followed from aliases", () => {
    const world = routedWorld({ places, modelRoutes, aliases: new Map([["assistant", "chat"]]) });
    for (const model of ["chat", "assistant"]) {
      assert.deepEqual(world.names({ model }), [
        "bedrock/us-east-1/anthropic.claude-3-haiku-20240307-v1:0",
      ]);
    }
  });

  it("holds for the default model of the first provider when no model is asked for", () => {
    const defaultModels = new Map([
      ["bedrock", "chat"],
      ["openai", "gpt-4o"],
    ]);
    const world = routedWorld({ places, modelRoutes, defaultModels });
    assert.deepEqual(world.providers({}), ["bedrock"]);
  });

  it("is followed by nobody else, pin or not", async () => {
    const world = routedWorld({ places, modelRoutes });
    const error = await refusalOf(() => world.names({ model: "chat", provider: "openai" }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.match(error.message, /The route of the model "chat" leads to bedrock alone/);
  });

  it("is refused at the start where it leads to what there is not, each with its line", () => {
    const catalogue = createCatalogue({
      regions: new Map([["bedrock", ["us-east-1"]]]),
      defaultModel: claude,
      clock: createManualClock(),
    });
    const problems = (models: Readonly<Record<string, string>>, configured = places) =>
      modelRouteProblems(modelRoutesOf({ name: models }), catalogue, configured).join("\n");
    const line = "gateway.yaml:1: ";
    assert.equal(problems({ openai: "gpt-4o", bedrock: "claude-3-haiku" }), "");
    assert.equal(problems({ bedrock: "anthropic.claude-of-tomorrow-v1:0" }), "");
    assert.ok(
      problems({ openai: "gpt-4o" }, [bedrockIn("us-east-1")]).startsWith(
        `${line}the provider openai is not configured`,
      ),
    );
    assert.ok(
      problems({ bedrock: "claude-3-haku" }).startsWith(
        `${line}there is no model claude-3-haku of bedrock. Did you mean claude-3-haiku`,
      ),
    );
    assert.ok(
      problems({ openai: "gpt-4-trubo" }).startsWith(
        `${line}there is no model gpt-4-trubo of openai. Did you mean gpt-4-turbo`,
      ),
    );
    assert.equal(
      problems({ openai: "claude-3-haiku" }),
      `${line}the model claude-3-haiku is of bedrock, not of openai`,
    );
  });
});

describe("a route pinned from outside, as shadow mode asks for", () => {
  it("goes to the pinned provider although the weights and the call's own pin say otherwise", () => {
    const world = routedWorld({ places, weights: { openai: 1 } });
    const request = sampleRequest({ model: "gpt-4-turbo", provider: "openai" });
    const { endpoints } = world.routes(sampleCall({ request }), "bedrock");
    assert.deepEqual(
      endpoints.map(({ provider, model }) => [provider, model]),
      [["bedrock", claude]],
    );
  });

  it("stays inside of every fence and away from drained places", async () => {
    const world = routedWorld({ places });
    const routing = { allowedProviders: ["openai"] };
    const request = sampleRequest({ model: "gpt-4-turbo", routing });
    const outside = await refusalOf(() => world.routes(sampleCall({ request }), "bedrock"));
    assert.equal(outside.reason, ErrorReason.MODEL_NOT_SERVED);
    world.traffic.drain("bedrock");
    const drained = await refusalOf(() => world.routes(sampleCall(), "bedrock"));
    assert.equal(drained.code, Code.Unavailable);
  });
});
