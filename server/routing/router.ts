import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call, Endpoint, Route, RoutedCall } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";
import { ordinaryTraits } from "../core/model-traits.ts";
import { parseModelId } from "./model-id.ts";

/** One provider in one region, and the model families whose bodies the gateway can write for it. */
export interface ServingPlace {
  readonly provider: string;
  readonly region: string;
  readonly families: ReadonlySet<string>;
}

/** What the router chooses from. */
export interface RouterOptions {
  readonly catalogue: Catalogue;
  /** What an empty `model` means. */
  readonly defaultModel: string;
  readonly places: readonly ServingPlace[];
}

/** Turns the model's name into the endpoints that may serve it. A provider or region that is named is never replaced. */
export function router(options: RouterOptions): Layer<Call, RoutedCall> {
  return {
    name: "router",
    wrap: (next) => async (call) => next({ ...call, route: routeOf(call, options) }),
  };
}

function routeOf({ request }: Call, options: RouterOptions): Route {
  const pinned = options.places.filter(
    ({ provider }) => request.provider === "" || provider === request.provider,
  );
  if (pinned.length === 0) throw providerNotConfigured(request.provider, options.places);

  const asked = request.model || options.defaultModel;
  const wanted = identify(asked, options.catalogue);
  const allowed = request.routing?.allowedRegions ?? [];
  const [first, ...rest] = pinned
    .filter(({ families }) => families.has(wanted.family))
    .filter(({ region }) => allowed.length === 0 || allowed.includes(region))
    .filter(() => allowed.length === 0 || !wanted.crossesRegions)
    .filter(({ region }) => wanted.region === undefined || wanted.region === region)
    .map(({ provider, region }) => endpointAt(provider, region, wanted));
  if (!first) throw modelNotServed(asked, options.places);
  return { endpoints: request.routing?.disableFailover ? [first] : [first, ...rest] };
}

function endpointAt(provider: string, region: string, wanted: Wanted): Endpoint {
  const { model, family, maxOutputTokens, prices } = wanted;
  return { provider, region, model, family, maxOutputTokens, prices, traits: ordinaryTraits };
}

type Wanted = ReturnType<typeof identify>;

/** The model behind a name: from the catalogue, or, for a Bedrock id that it does not list, from the id itself. */
function identify(asked: string, catalogue: Catalogue) {
  const listed = catalogue.find(asked);
  const id = parseModelId(asked);
  const family = listed?.family ?? id?.maker;
  if (!family) throw modelNotFound(asked, catalogue);
  return {
    model: id ? asked : (listed?.id ?? asked),
    family,
    region: id?.region,
    crossesRegions: id?.crossesRegions ?? false,
    maxOutputTokens: listed?.maxOutputTokens,
    prices: listed?.price && { standard: listed.price },
  };
}

function providerNotConfigured(asked: string, places: readonly ServingPlace[]): GatewayError {
  const providers = [...new Set(places.map(({ provider }) => provider))].join(", ");
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.PROVIDER_NOT_CONFIGURED,
    `This gateway does not serve the provider ${JSON.stringify(asked.slice(0, 64))}. It serves: ${providers}.`,
    { metadata: { providers } },
  );
}

function modelNotServed(asked: string, places: readonly ServingPlace[]): GatewayError {
  const regions = [...new Set(places.map(({ region }) => region))].join(", ");
  const families = [...new Set(places.flatMap((place) => [...place.families]))].join(", ");
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.MODEL_NOT_SERVED,
    `This gateway cannot serve the model ${JSON.stringify(asked.slice(0, 256))} in the regions that are allowed. It serves the families ${families} in ${regions}.`,
    { metadata: { regions, families } },
  );
}

function modelNotFound(asked: string, catalogue: Catalogue): GatewayError {
  const near = catalogue.nearNames(asked);
  const hint =
    near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "ListModels lists the models.";
  return new GatewayError(
    Code.NotFound,
    ErrorReason.MODEL_NOT_FOUND,
    `There is no model ${JSON.stringify(asked.slice(0, 256))}. ${hint}`,
    near.length > 0 ? { metadata: { near_names: near.join(", ") } } : {},
  );
}
