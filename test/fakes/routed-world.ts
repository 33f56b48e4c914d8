import type { MessageInitShape } from "@bufbuild/protobuf";
import type { CompleteRequestSchema } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call, Endpoint } from "../../server/core/call.ts";
import type { Catalogue } from "../../server/core/catalogue.ts";
import { type ModelOverrides, noOverrides } from "../../server/core/model-override.ts";
import type { ModelRoutes } from "../../server/core/model-route.ts";
import type { Traffic } from "../../server/core/traffic.ts";
import { createCatalogue } from "../../server/routing/catalogue.ts";
import { createRoutes, type RouteOptions, type Routes } from "../../server/routing/routes.ts";
import type { ServingPlace } from "../../server/routing/serving-place.ts";
import { createTraffic } from "../../server/routing/traffic.ts";
import { sampleCall, sampleRequest } from "./calls.ts";
import { createManualClock } from "./manual-clock.ts";
import { seededRandom } from "./seeded-random.ts";

type Request = MessageInitShape<typeof CompleteRequestSchema>;

/** Everything that routing needs, over the catalogue's real models. */
export interface RoutedWorld {
  readonly routes: Routes;
  readonly traffic: Traffic;
  readonly catalogue: Catalogue;
  /** The endpoints that a request is routed to. */
  endpoints(request?: Request, call?: Partial<Call>): readonly Endpoint[];
  /** The same as `provider/region/model`, or `provider` where that is all there is to say. */
  names(request?: Request, call?: Partial<Call>): readonly string[];
  /** The providers of the route, each once, in order. */
  providers(request?: Request, call?: Partial<Call>): readonly string[];
}

const bedrockFamilies = new Set(
  "anthropic llama mistral mistral-chat titan nova converse".split(" "),
);

/** Bedrock in a region. */
export function bedrockIn(region: string): ServingPlace {
  return { provider: "bedrock", region, families: bedrockFamilies };
}

/** OpenAI, without a promise about where. */
export const openAi: ServingPlace = {
  provider: "openai",
  region: "global",
  families: new Set(["openai"]),
};

/** Bedrock in two regions, and OpenAI. */
export const usualPlaces: readonly ServingPlace[] = [
  bedrockIn("us-east-1"),
  bedrockIn("us-west-2"),
  openAi,
];

/** What LLM_BEDROCK_MODEL and LLM_OPENAI_MODEL say there. */
export const usualDefaults: ReadonlyMap<string, string> = new Map([
  ["bedrock", "anthropic.claude-3-5-sonnet-20240620-v1:0"],
  ["openai", "gpt-6-sol"],
]);

/** Routes as the guide's YAML would give them. */
export function modelRoutesOf(
  routes: Readonly<Record<string, Readonly<Record<string, string>>>>,
): ModelRoutes {
  return new Map(
    Object.entries(routes).map(([name, models]) => [
      name,
      {
        models: new Map(
          Object.entries(models).map(([provider, model]) => [
            provider,
            { model, where: "gateway.yaml:1" },
          ]),
        ),
      },
    ]),
  );
}

/** Makes such a world; weights are given as in the guide. */
export function routedWorld(
  change: Partial<RouteOptions> & {
    readonly weights?: Readonly<Record<string, number>>;
    readonly overrides?: ModelOverrides;
  } = {},
): RoutedWorld {
  const { places = usualPlaces, weights, overrides = noOverrides, ...options } = change;
  const configured = weights && new Map(Object.entries(weights));
  const traffic = change.traffic ?? createTraffic({ places, weights: configured });
  const catalogue =
    change.catalogue ??
    createCatalogue({
      regions: new Map(places.map(({ provider, region }) => [provider, [region]])),
      defaultModel: "claude-3-5-sonnet",
      clock: createManualClock(),
      overrides,
    });
  const routes = createRoutes({
    defaultModels: usualDefaults,
    random: seededRandom(),
    ...options,
    catalogue,
    places,
    traffic,
  });
  const endpoints: RoutedWorld["endpoints"] = (request = {}, call = {}) =>
    routes(sampleCall({ ...call, request: sampleRequest(request) })).endpoints;
  return {
    routes,
    traffic,
    catalogue,
    endpoints,
    names: (...asked) =>
      endpoints(...asked).map(({ provider, region, model }) => `${provider}/${region}/${model}`),
    providers: (...asked) => [...new Set(endpoints(...asked).map(({ provider }) => provider))],
  };
}
