import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import type { CompleteRequestSchema } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint, RoutedCall } from "../../../server/core/call.ts";
import { createCatalogue } from "../../../server/routing/catalogue.ts";
import { router, type ServingPlace } from "../../../server/routing/router.ts";
import { sampleCall, sampleRequest } from "../../fakes/calls.ts";
import { completedEvent } from "../../fakes/completion-events.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { scriptedHandler, scriptedReply } from "../../fakes/scripted-handler.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const sonnet = "anthropic.claude-3-5-sonnet-20240620-v1:0";
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
  const catalogue = createCatalogue({ region: "us-east-1", defaultModel: sonnet });
  const layer = router({ catalogue, defaultModel: sonnet, places });
  await layer.wrap(handler.handle)(sampleCall({ request: sampleRequest(request) }));
  assert.ok(handler.calls[0]);
  return handler.calls[0].route.endpoints;
}

const regionsOf = (endpoints: readonly Endpoint[]) => endpoints.map(({ region }) => region);

describe("router, from a name to a model", () => {
  const arn = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${haiku}`;
  for (const [asked, model, isPriced] of [
    ["", sonnet, true],
    ["claude-3-haiku", haiku, true],
    ["claude-3.5-sonnet", sonnet, true],
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
    const error = await refusalOf(() => routed({ model: "meta.llama3-70b-instruct-v1:0" }));
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

  it("never serves a pinned call by another provider", async () => {
    const elsewhere = { provider: "elsewhere", region: "us-east-1", families };
    const [first, ...others] = await routed({ provider: "elsewhere" }, [east, elsewhere]);
    assert.equal(first.provider, "elsewhere");
    assert.deepEqual(others, []);
    const error = await refusalOf(() => routed({ provider: "openai" }, [east, elsewhere]));
    assert.equal(error.code, Code.FailedPrecondition);
    assert.equal(error.reason, ErrorReason.PROVIDER_NOT_CONFIGURED);
    assert.deepEqual(error.metadata, { providers: "bedrock, elsewhere" });
  });
});
