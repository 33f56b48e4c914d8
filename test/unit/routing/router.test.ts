import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { CompleteRequestSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint, RoutedCall } from "../../../server/core/call.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { router } from "../../../server/routing/router.ts";
import { createRoutes } from "../../../server/routing/routes.ts";
import type { ServingPlace } from "../../../server/routing/serving-place.ts";
import { createTraffic } from "../../../server/routing/traffic.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { createManualClock } from "../../fakes/manual-clock.ts";
import { nextClaude, oldHaiku, openAiTurbo, sampleEntries } from "../../fakes/model-entries.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const haiku = oldHaiku.id;
const next = nextClaude.id;
const unlisted = "anthropic.claude-next-20270101-v1:0";
const families = new Set(["anthropic"]);
const east: ServingPlace = { provider: "bedrock", region: "us-east-1", families };
const west: ServingPlace = { provider: "bedrock", region: "us-west-2", families };

/** Routes one request over these places. */
async function routed(
  request: MessageInitShape<typeof CompleteRequestSchema>,
  places: readonly ServingPlace[] = [east],
): Promise<readonly [Endpoint, ...Endpoint[]]> {
  const handler = scriptedHandler<RoutedCall>(scriptedReply(completedEvent()));
  const catalogue = createCatalogue({
    regions: new Map(places.map(({ provider, region }) => [provider, [region]])),
    defaultModel: haiku,
    clock: createManualClock(),
    entries: sampleEntries,
  });
  const defaultModels = new Map([
    ["bedrock", haiku],
    ["openai", openAiTurbo.id],
  ]);
  const traffic = createTraffic({ places });
  const layer = router({ routes: createRoutes({ catalogue, places, defaultModels, traffic }) });
  await layer.wrap(handler.handle)(sampleCall({ request: sampleRequest(request) }));
  assert.ok(handler.calls[0]);
  return handler.calls[0].route.endpoints;
}

const regionsOf = (endpoints: readonly Endpoint[]) => endpoints.map(({ region }) => region);

describe("router, from a name to a model", () => {
  const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${haiku}`;
  for (const [asked, model, isPriced] of [
    ["", haiku, true],
    ["claude-3-haiku", haiku, true],
    ["gpt-3.5-turbo", haiku, true],
    [haiku, haiku, true],
    [`us.${haiku}`, `us.${haiku}`, true],
    [`global.${haiku}`, `global.${haiku}`, true],
    [arn, arn, true],
    [unlisted, unlisted, false],
    [`us.${unlisted}`, `us.${unlisted}`, false],
  ] as const) {
    it(`asks for ${model} when ${JSON.stringify(asked)} is wanted`, async () => {
      const [endpoint, ...others] = await routed({ model: asked });
      assert.deepEqual(others, []);
      assert.equal(endpoint.model, model);
      assert.equal(endpoint.family, "anthropic");
      assert.equal(endpoint.provider, "bedrock");
      assert.equal(endpoint.region, "us-east-1");
      assert.equal(endpoint.prices !== undefined, isPriced);
      assert.equal(endpoint.maxOutputTokens, isPriced ? 4096 : undefined);
    });
  }

  it("does not know a name that nobody gave, and names those that look alike", async () => {
    const error = await refusalOf(() => routed({ model: "claude-3-haku" }));
    assert.deepEqual([error.code, error.reason], [Code.NotFound, ErrorReason.MODEL_NOT_FOUND]);
    assert.equal(error.metadata.near_names?.split(", ")[0], "claude-3-haiku");
    assert.match(error.message, /Did you mean claude-3-haiku/);
  });

  it("points to the list when nothing looks alike, and cuts a huge name", async () => {
    const error = await refusalOf(() => routed({ model: "x".repeat(2048) }));
    assert.match(error.message, /ListModels/);
    assert.ok(error.message.length < 400);
  });

  it("serves no family whose bodies it cannot write", async () => {
    const error = await refusalOf(() => routed({ model: "llama3-8b" }));
    assert.equal(error.code, Code.FailedPrecondition);
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.deepEqual(error.metadata, { regions: "us-east-1", families: "anthropic" });
  });
});

describe("router, from a model to its endpoints", () => {
  it("lists every place in order", async () => {
    assert.deepEqual(regionsOf(await routed({}, [east, west])), ["us-east-1", "us-west-2"]);
  });

  it("lists only the first when the caller wants no failover", async () => {
    const routing = { disableFailover: true };
    assert.deepEqual(regionsOf(await routed({ routing }, [east, west])), ["us-east-1"]);
  });

  it("keeps to the allowed regions", async () => {
    const routing = { allowedRegions: ["us-west-2", "eu-west-1"] };
    assert.deepEqual(regionsOf(await routed({ routing }, [east, west])), ["us-west-2"]);
  });

  it("keeps cross-region profiles out of a fence: they may be served anywhere in their geography", async () => {
    const model = "us.anthropic.claude-3-haiku-20240307-v1:0";
    const routing = { allowedRegions: ["us-east-1"] };
    const error = await refusalOf(() => routed({ model, routing }, [east]));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.deepEqual(regionsOf(await routed({ model }, [east])), ["us-east-1"]);
  });

  it("fails when no allowed region serves", async () => {
    const routing = { allowedRegions: ["eu-west-1"] };
    const error = await refusalOf(() => routed({ routing }, [east, west]));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.equal(error.metadata.regions, "us-east-1, us-west-2");
  });

  it("takes an ARN to its own region, and to no other", async () => {
    const model = `arn:aws:bedrock:us-west-2::foundation-model/${haiku}`;
    assert.deepEqual(regionsOf(await routed({ model }, [east, west])), ["us-west-2"]);
    const error = await refusalOf(() => routed({ model }, [east]));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
  });

  it("keeps a name out of the fence where only a cross-region profile could serve it", async () => {
    const routing = { allowedRegions: ["us-east-1"] };
    const error = await refusalOf(() => routed({ model: "claude-next", routing }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.equal((await routed({ model: "claude-next" }))[0].model, `us.${next}`);
  });

  it("says what an ARN that hides its model needs", async () => {
    const model = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2";
    const error = await refusalOf(() => routed({ model }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_FOUND);
    assert.match(error.message, /`models` in the configuration/);
  });
});

describe("router, between providers", () => {
  const openai: ServingPlace = {
    provider: "openai",
    region: "global",
    families: new Set(["openai"]),
  };
  const both = [east, openai];
  const served = async (request: MessageInitShape<typeof CompleteRequestSchema>) => {
    const [{ provider, model }, ...others] = await routed(request, both);
    assert.deepEqual(others, []);
    return [provider, model];
  };

  it("asks OpenAI for its own model, and Bedrock for the same name where it is pinned", async () => {
    const model = "gpt-3.5-turbo";
    assert.deepEqual(await served({ model }), ["openai", model]);
    assert.deepEqual(await served({ model, provider: "bedrock" }), ["bedrock", haiku]);
  });

  it("takes each provider's own default", async () => {
    assert.deepEqual(await served({}), ["bedrock", haiku]);
    assert.deepEqual(await served({ provider: "openai" }), ["openai", openAiTurbo.id]);
  });

  it("passes on an id that only OpenAI can know, where OpenAI is pinned", async () => {
    const model = "ft:gpt-of-tomorrow";
    assert.deepEqual(await served({ model, provider: "openai" }), ["openai", model]);
    const error = await refusalOf(() => served({ model }));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_FOUND);
  });

  it("says that a model it knows is not served, rather than that there is none", async () => {
    const error = await refusalOf(() => routed({ model: "claude-next" }, [openai]));
    assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.match(error.message, /of the provider bedrock, and this gateway does not serve it/);
    const pinned = { model: "claude-next", provider: "openai" };
    const other = await refusalOf(() => routed(pinned, both));
    assert.equal(other.reason, ErrorReason.MODEL_NOT_SERVED);
    assert.match(other.message, /of the provider bedrock, and the call asks another provider/);
  });

  it("never serves a pinned call by another provider", async () => {
    const error = await refusalOf(() => routed({ provider: "openai" }, [east]));
    assert.equal(error.code, Code.FailedPrecondition);
    assert.equal(error.reason, ErrorReason.PROVIDER_NOT_CONFIGURED);
    assert.deepEqual(error.metadata, { providers: "bedrock" });
  });
});
