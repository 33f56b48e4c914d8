import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { GatewayError } from "../core/error.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { Candidate } from "./candidates.ts";
import { type Fences, regionsOutside } from "./fence.ts";
import { allowedWay, canServe } from "./groups.ts";
import type { PlacedProvider, ServingPlace } from "./serving-place.ts";

/** What the explanation is made from. */
export interface Explained {
  readonly catalogue: Catalogue;
  readonly places: readonly ServingPlace[];
  readonly defaultModels: ReadonlyMap<string, string>;
  readonly modelRoutes?: ModelRoutes | undefined;
}

/** How far a call came on its way to a route. */
export interface NoRoute {
  readonly asked: string;
  readonly pinned: string;
  readonly eligible: readonly PlacedProvider[];
  readonly candidates: readonly Candidate[];
  readonly fences: Fences;
}

/** Why nobody may serve a call, and what to do about it. */
export function explainNoRoute(options: Explained, attempt: NoRoute): GatewayError {
  const { places, defaultModels } = options;
  const { pinned, eligible, candidates, fences } = attempt;
  const isServed = places.some(({ provider }) => provider === pinned);
  if (pinned !== "" && !isServed) return providerNotConfigured(pinned, places);
  if (eligible.length === 0) return noProviderMayServe(pinned, places);
  const asked = attempt.asked || (defaultModels.get(eligible[0]?.name ?? "") ?? "");
  if (candidates.length === 0) return noMatch(asked, pinned, options);

  const reachable = candidates.flatMap(({ provider, match }) =>
    provider.places
      .filter((place) => canServe(place, match))
      .map(({ region }) => match.endpointsAt(region)),
  );
  const inside = reachable.flatMap((ways) => allowedWay(ways, fences)?.endpoint ?? []);
  if (inside.length > 0) {
    return drained(inside.map(({ provider, region }) => `${provider}/${region}`));
  }
  const [usual] = reachable.map(([way]) => way);
  if (!usual || fences.length === 0) return modelNotServed(asked, places);
  const { endpoint, servedIn } = usual;
  return outsideOfFence(asked, endpoint.model, regionsOutside(fences, servedIn), places);
}

/** What an operator drains comes back, or its weight moves; until then another try is a guess. */
const drainedRetryAfterMs = 10_000;

function drained(names: readonly string[]): GatewayError {
  const places = names.join(", ");
  return new GatewayError(
    Code.Unavailable,
    ErrorReason.PROVIDER_UNAVAILABLE,
    `The operator has taken ${places} out of service for new calls, and nobody else may serve this one. Ask again later.`,
    { retryAfterMs: drainedRetryAfterMs, metadata: { drained: places } },
  );
}

function notServed(message: string, metadata: Readonly<Record<string, string>>): GatewayError {
  return new GatewayError(Code.FailedPrecondition, ErrorReason.MODEL_NOT_SERVED, message, {
    metadata,
  });
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 256));
}

function providersOf(places: readonly ServingPlace[]): string {
  return [...new Set(places.map(({ provider }) => provider))].join(", ");
}

function placesOf(places: readonly ServingPlace[]) {
  const regions = [...new Set(places.map(({ region }) => region))].join(", ");
  const families = [...new Set(places.flatMap((place) => [...place.families]))].join(", ");
  return { regions, families };
}

function noProviderMayServe(pinned: string, places: readonly ServingPlace[]): GatewayError {
  const providers = providersOf(places);
  const who =
    pinned === ""
      ? `None of this gateway's providers (${providers}) may serve this call`
      : `The provider ${quoted(pinned)} may not serve this call`;
  const why = "the allowed providers or the routing weights leave it out";
  return notServed(`${who}: ${why}.`, { providers });
}

/** A model that the catalogue knows is another provider's; one that it does not know may be a slip of the pen. */
function noMatch(asked: string, pinned: string, options: Explained): GatewayError {
  const { catalogue, modelRoutes, places } = options;
  const route = modelRoutes?.get(asked);
  if (route) {
    const providers = [...route.models.keys()].join(", ");
    return notServed(
      `The route of the model ${quoted(asked)} leads to ${providers} alone, and this call may not go there.`,
      { providers },
    );
  }
  const known = catalogue.find(asked);
  if (!known) return modelNotFound(asked, catalogue);
  const { provider } = known;
  const isServed = places.some((place) => place.provider === provider);
  const isPinned = pinned !== "" && isServed;
  const left = isPinned ? "the call asks another provider" : "it may not serve this call";
  const why = isServed ? left : "this gateway does not serve it";
  return notServed(`The model ${quoted(asked)} is of the provider ${provider}, and ${why}.`, {
    provider,
  });
}

function providerNotConfigured(asked: string, places: readonly ServingPlace[]): GatewayError {
  const providers = providersOf(places);
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.PROVIDER_NOT_CONFIGURED,
    `This gateway does not serve the provider ${JSON.stringify(asked.slice(0, 64))}. It serves: ${providers}.`,
    { metadata: { providers } },
  );
}

function modelNotServed(asked: string, places: readonly ServingPlace[]): GatewayError {
  const { regions, families } = placesOf(places);
  return notServed(
    `This gateway cannot serve the model ${quoted(asked)}. It serves the families ${families} in ${regions}.`,
    { regions, families },
  );
}

function outsideOfFence(
  asked: string,
  model: string,
  outside: readonly string[],
  places: readonly ServingPlace[],
): GatewayError {
  const where =
    outside.length > 0
      ? `${quoted(model)} may be served in ${outside.join(", ")}, which is not allowed`
      : `nobody can tell the regions that ${quoted(model)} may be served in`;
  return notServed(
    `This gateway cannot serve the model ${quoted(asked)} in the regions that are allowed: ${where}.`,
    { ...placesOf(places), ...(outside.length > 0 && { outside: outside.join(", ") }) },
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
    `There is no model ${quoted(asked)}. ${hint}`,
    near.length > 0 ? { metadata: { near_names: near.join(", ") } } : {},
  );
}
