import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { createTraffic } from "../../../server/routing/traffic.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { routedWorld, usualPlaces } from "../../fakes/routed-world.ts";

const weightsOf = (weights: Readonly<Record<string, number>>) => new Map(Object.entries(weights));

describe("traffic", () => {
  for (const [claim, weights, says] of [
    [
      "a provider that is not configured",
      { azure: 1 },
      /"azure" is not configured. Providers: bedrock, openai/,
    ],
    ["a number below 0", { bedrock: -1 }, /must be a number from 0/],
    ["what is no number", { bedrock: Number.NaN }, /must be a number from 0/],
    ["a number without end", { bedrock: Number.POSITIVE_INFINITY }, /must be a number from 0/],
    ["nothing above 0", { bedrock: 0, openai: 0 }, /One must be above 0/],
    ["nothing at all", {}, /One must be above 0/],
  ] as const) {
    it(`takes no weights with ${claim}, and keeps those that it has`, async () => {
      const traffic = createTraffic({ places: usualPlaces, weights: weightsOf({ openai: 1 }) });
      const error = await refusalOf(() => traffic.setWeights(weightsOf(weights)));
      assert.equal(error.code, Code.InvalidArgument);
      assert.match(error.message, says);
      assert.deepEqual(traffic.weights, weightsOf({ openai: 1 }));
    });
  }

  it("does not change when somebody changes the map that it was given", () => {
    const given = weightsOf({ openai: 1 });
    const traffic = createTraffic({ places: usualPlaces, weights: given });
    given.set("bedrock", 1);
    assert.deepEqual(traffic.weights, weightsOf({ openai: 1 }));
  });

  it("has no weights until some are set", () => {
    const traffic = createTraffic({ places: usualPlaces });
    assert.equal(traffic.weights, undefined);
    traffic.setWeights(weightsOf({ bedrock: 3 }));
    assert.deepEqual(traffic.weights, weightsOf({ bedrock: 3 }));
  });

  it("drains providers and their regions, and no place that there is not", async () => {
    const traffic = createTraffic({ places: usualPlaces });
    traffic.drain("bedrock/us-east-1");
    traffic.drain("openai");
    assert.deepEqual([...traffic.drained], ["bedrock/us-east-1", "openai"]);
    traffic.undrain("bedrock/us-east-1");
    assert.deepEqual([...traffic.drained], ["openai"]);
    for (const change of [traffic.drain, traffic.undrain]) {
      const error = await refusalOf(() => change("bedrock/eu-west-1"));
      assert.equal(error.code, Code.InvalidArgument);
      assert.match(error.message, /Places: bedrock, openai, bedrock\/us-east-1, /);
    }
  });
});

describe("a drained place", () => {
  it("gets no new calls, and serves again when it is let", () => {
    const world = routedWorld();
    const regions = () => world.endpoints({ model: "claude-3-haiku" }).map(({ region }) => region);
    world.traffic.drain("bedrock/us-east-1");
    assert.deepEqual(regions(), ["us-west-2"]);
    world.traffic.undrain("bedrock/us-east-1");
    assert.deepEqual(regions(), ["us-east-1", "us-west-2"]);
  });

  it("leaves its share to the other weighted providers", () => {
    const world = routedWorld({ weights: { openai: 0.9, bedrock: 0.1 } });
    world.traffic.drain("openai");
    assert.deepEqual(world.providers({ model: "gpt-4-turbo" }), ["bedrock"]);
  });

  for (const [claim, request] of [
    ["nobody else may serve", { model: "claude-3-haiku" }],
    ["that pins it", { provider: "bedrock" }],
    ["whose name would mean another model elsewhere", { model: "bedrock-gpt-6-luna" }],
  ] as const) {
    it(`fails a call ${claim}: unavailable, and when to ask again`, async () => {
      const world = routedWorld();
      world.traffic.drain("bedrock");
      const error = await refusalOf(() => world.names(request));
      assert.deepEqual(
        [error.code, error.reason],
        [Code.Unavailable, ErrorReason.PROVIDER_UNAVAILABLE],
      );
      assert.equal(error.retryAfterMs, 10_000);
      assert.equal(error.metadata.drained, "bedrock/us-east-1, bedrock/us-west-2");
    });
  }

  it("does not hide that a call may not go there at all", async () => {
    const world = routedWorld();
    world.traffic.drain("bedrock/us-east-1");
    const routing = { allowedRegions: ["eu-*"] };
    const error = await refusalOf(() => world.names({ model: "claude-3-haiku", routing }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
  });
});
