import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { RoutingOrder } from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Endpoint } from "../../../server/core/call.ts";
import type { Fence } from "../../../server/core/fence.ts";
import { modelEntries } from "../../../server/routing/models/model-entries.ts";
import { attemptsWhileFailing } from "../../fakes/attempts-while-failing.ts";
import { refusalOf } from "../../fakes/outcomes.ts";
import { principalWith } from "../../fakes/principals.ts";
import { bedrockIn, modelRoutesOf, openAi, routedWorld } from "../../fakes/routed-world.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";

const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const sonnet = "anthropic.claude-sonnet-4-6";
const applicationProfile =
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1";
const arnOf = (profile: string, region = "us-east-1") =>
  `arn:aws:bedrock:${region}:123456789012:inference-profile/${profile}`;

const places = [
  ...["us-east-1", "us-west-2", "eu-central-1", "ap-northeast-1", "ap-southeast-2"],
  ...["ca-central-1", "us-gov-west-1"],
].map(bedrockIn);
const everywhere = [...places, openAi];

/** What AWS says at the least of where profiles serve (AWS: Supported Regions and models for inference profiles). */
const leastDestinations: Readonly<Record<string, readonly string[]>> = {
  us: ["us-east-1", "us-east-2", "us-west-2"],
  eu: ["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"],
  apac: ["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"],
  jp: ["ap-northeast-1", "ap-northeast-3"],
  au: ["ap-southeast-2", "ap-southeast-4"],
  ca: ["ca-central-1"],
  in: ["ap-south-1", "ap-south-2"],
  "us-gov": ["us-gov-east-1", "us-gov-west-1"],
};

/** Patterns as regular expressions; those of these tests have nothing to escape. */
const fits = (patterns: readonly string[], name: string) =>
  patterns.length === 0 ||
  patterns.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));

/** Whether an endpoint is inside, judged by its name alone. */
function isInside({ provider, region, model }: Endpoint, { providers, regions }: Fence): boolean {
  if (!fits(providers, provider) || !fits(regions, region)) return false;
  if (provider === "openai") return true;
  const id = model.slice(model.lastIndexOf("/") + 1);
  const [prefix = "", maker] = id.split(".");
  const isProfile = maker !== undefined && Object.hasOwn(leastDestinations, prefix);
  if (isProfile) return (leastDestinations[prefix] ?? []).every((each) => fits(regions, each));
  const mayLeave = /^(?:global|sa|xx)\.|^a1$/.test(id);
  return !mayLeave || fits(regions, "elsewhere");
}

describe("the fence", () => {
  const prefixes = [...Object.keys(leastDestinations), "global", "sa", "xx"];
  const model = fc.oneof(
    fc.constantFrom(...modelEntries.map(({ name }) => name)),
    fc.constantFrom("", "gpt-4-turbo", "fast", haiku, sonnet, applicationProfile, "mine", "routed"),
    fc.constantFrom(...prefixes).map((prefix) => `${prefix}.${sonnet}`),
    fc.constantFrom(...prefixes).map((prefix) => arnOf(`${prefix}.${haiku}`)),
  );
  const pattern = fc.constantFrom<string>(
    ...["*", "us-*", "us-east-1", "us-east-*", "us-west-2", "us-west-*", "eu-*", "eu-central-1"],
    ...["ap-*", "me-*", "ca-*", "global", "*-1", "us-gov-*"],
  );
  const regions = fc.uniqueArray(pattern, { maxLength: 4 });
  const providers = fc.constantFrom<string[]>(
    [],
    ["bedrock"],
    ["openai"],
    ["b*"],
    ["*"],
    ["other"],
  );
  const noFence = fc.constant<{ providers: string[]; regions: string[] }>({
    providers: [],
    regions: [],
  });
  const fence = fc.oneof(
    noFence,
    fc.record({ providers: fc.constant<string[]>([]), regions }),
    fc.record({ providers, regions }),
  );

  it("holds for every model, profile, fence, weight, order and failure", async () => {
    const models = new Map([[applicationProfile, { family: "anthropic" }]]);
    const overrides = { models, aliases: new Map([["mine", "routed"]]) };
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(model, fence, fence, fence),
        fc.constantFrom("", "bedrock", "openai"),
        fc.constantFrom(undefined, { openai: 0.5, bedrock: 0.5 }, { bedrock: 1 }),
        fc.constantFrom<RoutingOrder>(0, 1, 2, 3, 4),
        fc.integer(),
        async ([wanted, ofGateway, ofKey, ofRequest], provider, weights, order, seed) => {
          const world = routedWorld({
            places: everywhere,
            overrides,
            ...(weights && { weights }),
            fence: ofGateway,
            modelRoutes: modelRoutesOf({ routed: { openai: "gpt-4o", bedrock: `us.${sonnet}` } }),
            aliases: new Map([["mine", "routed"]]),
            random: seededRandom(seed),
          });
          const { providers: allowedProviders, regions: allowedRegions } = ofRequest;
          const routing = { allowedProviders, allowedRegions, order };
          const request = { model: wanted, provider, routing };
          const call = { principal: principalWith(ofKey) };
          for (const endpoint of await attemptsWhileFailing(world.routes, request, call)) {
            asked += 1;
            for (const each of [ofGateway, ofKey, ofRequest]) {
              assert.ok(
                isInside(endpoint, each),
                `${JSON.stringify([endpoint.region, endpoint.model, each])}`,
              );
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
    assert.ok(asked > 1000, `only ${asked} attempts were made`);
  });

  for (const [claim, wanted, allowedRegions, names] of [
    [
      "the profile whose regions are all inside",
      "claude-sonnet-4-6",
      ["us-east-*", "us-west-*"],
      [`us.${sonnet}`],
    ],
    ["its own id where the profile would leave", "claude-3-haiku", ["us-east-1"], [haiku]],
    [
      "the narrower profile",
      "claude-sonnet-4-5",
      ["ap-northeast-*"],
      ["jp.anthropic.claude-sonnet-4-5-20250929-v1:0"],
    ],
    [
      "a global profile where everything is allowed",
      `global.${sonnet}`,
      ["*"],
      [`global.${sonnet}`],
    ],
    ["a profile's ARN", arnOf(`us.${haiku}`), ["us-*"], [arnOf(`us.${haiku}`)]],
    [
      "an ARN of the region's own",
      `arn:aws:bedrock:us-east-1::foundation-model/${haiku}`,
      ["us-east-1"],
      [`arn:aws:bedrock:us-east-1::foundation-model/${haiku}`],
    ],
  ] as const) {
    it(`lets through ${claim}`, () => {
      const world = routedWorld({ places: everywhere });
      const routing = { allowedRegions: [...allowedRegions] };
      const models = world.endpoints({ model: wanted, routing }).map((each) => each.model);
      assert.deepEqual([...new Set(models)], names);
    });
  }

  for (const [claim, wanted, allowedRegions, says] of [
    [
      "a profile that may be served outside",
      `us.${haiku}`,
      ["us-east-1"],
      /us-east-2, us-west-1, us-west-2, which is not allowed/,
    ],
    [
      "a name that only such a profile could serve",
      "claude-sonnet-4-6",
      ["us-east-1"],
      /us-west-2, which is not allowed/,
    ],
    [
      "a global profile, unless everything is allowed",
      `global.${sonnet}`,
      ["us-*", "eu-*", "global"],
      /nobody can tell the regions/,
    ],
    [
      "a profile of a geography that nobody knows",
      `sa.${sonnet}`,
      ["us-*"],
      /nobody can tell the regions/,
    ],
    [
      "an application profile, which tells no regions",
      applicationProfile,
      ["us-*"],
      /nobody can tell the regions/,
    ],
    [
      "OpenAI without a region of its own",
      "gpt-4o",
      ["us-*"],
      /served in global, which is not allowed/,
    ],
  ] as const) {
    it(`refuses ${claim}`, async () => {
      const aliases = new Map<string, string>();
      const models = new Map([[applicationProfile, { family: "anthropic" }]]);
      const world = routedWorld({ places: everywhere, overrides: { models, aliases } });
      const routing = { allowedRegions: [...allowedRegions] };
      const error = await refusalOf(() => world.names({ model: wanted, routing }));
      assert.equal(error.reason, ErrorReason.MODEL_NOT_SERVED);
      assert.match(error.message, says);
    });
  }

  it("lets OpenAI in where its region is named", () => {
    const routing = { allowedRegions: ["us-*", "global"] };
    const world = routedWorld({ places: everywhere });
    assert.deepEqual(world.names({ model: "gpt-4o", routing }), ["openai/global/gpt-4o"]);
  });

  it("lets OpenAI's host for European data in where eu is named, which eu-* does not do", async () => {
    const world = routedWorld({ places: [{ ...openAi, region: "eu" }] });
    const inside = (pattern: string) =>
      world.names({ model: "gpt-4o", routing: { allowedRegions: [pattern] } });
    assert.deepEqual(inside("eu"), ["openai/eu/gpt-4o"]);
    await refusalOf(() => inside("eu-*"));
  });

  it("is as wide as all of its parts together: gateway, key and request", async () => {
    const world = routedWorld({
      places: everywhere,
      fence: { providers: [], regions: ["us-*", "eu-*"] },
    });
    const principal = principalWith({ providers: ["bedrock"], regions: ["eu-*", "ap-*"] });
    const regions = (allowedRegions: string[]) =>
      world
        .endpoints({ model: "claude-3-haiku", routing: { allowedRegions } }, { principal })
        .map(({ region }) => region);
    assert.deepEqual(regions([]), ["eu-central-1"]);
    assert.deepEqual(regions(["eu-central-1", "us-east-1"]), ["eu-central-1"]);
    await refusalOf(() => regions(["us-*"]));
    const openai = await refusalOf(() => world.names({ provider: "openai" }, { principal }));
    assert.match(openai.message, /"openai" may not serve this call/);
  });

  it("follows what AWS lists for a profile in a region, where it lists it", () => {
    const world = routedWorld({ places: everywhere });
    const id = haiku;
    const profile = `us.${id}`;
    const asked = { model: profile, routing: { allowedRegions: ["us-east-1", "us-west-2"] } };
    const listed = {
      id,
      name: "Claude 3 Haiku",
      maker: "anthropic",
      isText: true,
      inputModalities: ["TEXT"],
      isStreaming: true,
      onDemand: true,
      profiles: [profile],
      profileRegions: new Map([[profile, ["us-east-1", "us-west-2"]]]),
      lifecycle: "active",
    } as const;
    world.catalogue.takeListing("us-west-2", [listed]);
    assert.deepEqual(world.names(asked), [`bedrock/us-west-2/${profile}`]);
  });
});
