import {
  RoutingAffinity,
  RoutingOrder,
  type RoutingPreferences,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call, Route } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import type { Fence } from "../core/fence.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { Traffic } from "../core/traffic.ts";
import { createCandidates } from "./candidates.ts";
import { explainNoRoute } from "./explain-no-route.ts";
import { allowsProvider, type Fences } from "./fence.ts";
import { groupsOf } from "./groups.ts";
import { createModelGrants } from "./model-grants.ts";
import { type Order, orderedEndpoints } from "./order.ts";
import { byProvider, type ServingPlace } from "./serving-place.ts";

/** What keeps calls together. */
export type Affinity = "none" | "key" | "conversation";

/** What routes are made from. */
export interface RouteOptions {
  readonly catalogue: Catalogue;
  readonly places: readonly ServingPlace[];
  /** What an empty `model` means, by provider. */
  readonly defaultModels: ReadonlyMap<string, string>;
  readonly traffic: Traffic;
  /** Asked first, whatever the order of the places. */
  readonly primaryProvider?: string | undefined;
  /** Default: by weight where there are weights, else by priority. */
  readonly order?: Order | undefined;
  /** Default: none. */
  readonly affinity?: Affinity | undefined;
  /** What holds for every call. */
  readonly fence?: Fence | undefined;
  /** Names that mean something else at each provider. */
  readonly modelRoutes?: ModelRoutes | undefined;
  /** The operator's aliases: what holds for a name holds for them. */
  readonly aliases?: ReadonlyMap<string, string> | undefined;
  /** Without them, the order of latency is that of priority. */
  readonly records?: EndpointRecords | undefined;
  /** From 0, inclusive, to 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}

/**
 * Finds the endpoints that may serve a call, or throws the typed reason why there are none. With `pin`, the route of the
 * same call if only that provider could be asked, whatever the call itself pins and whatever its weight is; the fences
 * hold all the same.
 */
export type Routes = (call: Call, pin?: string) => Route;

/** Sets up routing. What does not change from call to call is worked out here, once. */
export function createRoutes(options: RouteOptions): Routes {
  const { traffic, fence, records, random = Math.random } = options;
  const { order: usualOrder, affinity: usualAffinity = "none" } = options;
  const providers = byProvider(options.places, options.primaryProvider);
  const candidatesFor = createCandidates({ ...options, providers });
  const grantsModel = createModelGrants(options.catalogue);
  const standing: Fences = fence ? [fence] : [];

  return (call, pin) => {
    const { request, principal, delivery } = call;
    const { routing } = request;
    const pinned = pin ?? request.provider;
    const { grants } = principal;
    const fences = fencesOf(standing, grants, routing);
    const weights = pin === undefined ? traffic.weights : undefined;
    const eligible = providers.filter(
      ({ name }) =>
        (pinned === "" || name === pinned) &&
        (weights === undefined || (weights.get(name) ?? 0) > 0) &&
        allowsProvider(fences, name),
    );
    const candidates = candidatesFor({ asked: request.model, pinned, eligible, weights });
    const reachable = groupsOf(candidates, fences, traffic.drained);
    const groups = grants?.models.length
      ? grantsModel(reachable, principal.name, grants)
      : reachable;
    if (groups.length === 0) {
      throw explainNoRoute(options, { asked: request.model, pinned, eligible, candidates, fences });
    }
    const order =
      orders.get(routing?.order ?? 0) ?? usualOrder ?? (weights ? "weight" : "priority");
    const affinity = affinities.get(routing?.affinity ?? 0) ?? usualAffinity;
    const key = affinityKey(call, affinity);
    const ordering = { order, weights, key, records, delivery, random };
    const endpoints = orderedEndpoints(groups, ordering);
    return { endpoints: routing?.disableFailover ? [endpoints[0]] : endpoints };
  };
}

const orders: ReadonlyMap<RoutingOrder, Order> = new Map([
  [RoutingOrder.PRIORITY, "priority"],
  [RoutingOrder.WEIGHT, "weight"],
  [RoutingOrder.COST, "cost"],
  [RoutingOrder.LATENCY, "latency"],
]);

const affinities: ReadonlyMap<RoutingAffinity, Affinity> = new Map([
  [RoutingAffinity.NONE, "none"],
  [RoutingAffinity.KEY, "key"],
  [RoutingAffinity.CONVERSATION, "conversation"],
]);

function affinityKey({ principal, request }: Call, affinity: Affinity): string | undefined {
  if (affinity === "key") return principal.name;
  return affinity === "conversation" ? request.conversationId || undefined : undefined;
}

function fencesOf(
  standing: Fences,
  ofKey: Fence | undefined,
  routing: RoutingPreferences | undefined,
): Fences {
  const { allowedProviders: providers = [], allowedRegions: regions = [] } = routing ?? {};
  const asksForNone = providers.length === 0 && regions.length === 0;
  if (!ofKey && asksForNone) return standing;
  return [...standing, ...(ofKey ? [ofKey] : []), ...(asksForNone ? [] : [{ providers, regions }])];
}
