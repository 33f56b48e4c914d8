import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Call, Route, RoutedCall } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import type { Layer } from "../core/layer.ts";

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
  /** What it means where a provider is pinned, by provider; the others mean `defaultModel`. */
  readonly pinnedDefaults?: ReadonlyMap<string, string>;
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
  const { catalogue, defaultModel, pinnedDefaults, places } = options;
  const pinned = request.provider
    ? places.filter(({ provider }) => provider === request.provider)
    : places;
  if (pinned.length === 0) throw providerNotConfigured(request.provider, places);

  const asked = request.model || (pinnedDefaults?.get(request.provider) ?? defaultModel);
  const wanted = catalogue.match(asked, new Set(pinned.map(({ provider }) => provider)));
  if (!wanted) throw noMatch(asked, options);
  const allowed = request.routing?.allowedRegions ?? [];
  const [first, ...rest] = pinned
    .filter(({ provider }) => provider === wanted.provider)
    .filter(({ families }) => families.has(wanted.family))
    .filter(({ region }) => allowed.length === 0 || allowed.includes(region))
    .filter(({ region }) => wanted.region === undefined || wanted.region === region)
    .map(({ region }) => wanted.endpointAt(region))
    .filter(({ crossesRegions }) => allowed.length === 0 || !crossesRegions)
    .map(({ endpoint }) => endpoint);
  if (!first) throw modelNotServed(asked, places);
  return { endpoints: request.routing?.disableFailover ? [first] : [first, ...rest] };
}

/** A model that the catalogue knows is another provider's; one that it does not know may be a slip of the pen. */
function noMatch(asked: string, { catalogue, places }: RouterOptions): GatewayError {
  const known = catalogue.find(asked);
  return known ? providersOwn(asked, known.provider, places) : modelNotFound(asked, catalogue);
}

/** The call is pinned to somebody else, or the provider is not configured. */
function providersOwn(
  asked: string,
  provider: string,
  places: readonly ServingPlace[],
): GatewayError {
  const isServed = places.some((place) => place.provider === provider);
  const why = isServed ? "the call asks another provider" : "this gateway does not serve it";
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.MODEL_NOT_SERVED,
    `The model ${JSON.stringify(asked.slice(0, 256))} is of the provider ${provider}, and ${why}.`,
    { metadata: { provider } },
  );
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

const arnHint =
  "This ARN does not tell the model behind it: the gateway's operator can, with its family, under `models` in the configuration.";

function nearHint(near: readonly string[]): string {
  return near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "ListModels lists the models.";
}

function modelNotFound(asked: string, catalogue: Catalogue): GatewayError {
  const near = catalogue.nearNames(asked);
  const hint = asked.startsWith("arn:") ? arnHint : nearHint(near);
  return new GatewayError(
    Code.NotFound,
    ErrorReason.MODEL_NOT_FOUND,
    `There is no model ${JSON.stringify(asked.slice(0, 256))}. ${hint}`,
    near.length > 0 ? { metadata: { near_names: near.join(", ") } } : {},
  );
}
