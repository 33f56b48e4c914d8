import type { Delivery, Endpoint } from "../core/call.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import { drawnOrder, hashedUniform } from "./draw.ts";
import type { Group } from "./groups.ts";
import { byLatency } from "./latency-order.ts";
import { priceRank } from "./price-rank.ts";

/** In which order endpoints are asked. */
export type Order = "priority" | "weight" | "cost" | "latency";

/** How they are to be ordered. */
export interface Ordering {
  readonly order: Order;
  readonly weights: ReadonlyMap<string, number> | undefined;
  /** What keeps calls together: those of the same key get the same order. */
  readonly key: string | undefined;
  readonly records: EndpointRecords | undefined;
  readonly delivery: Delivery;
  /** From 0, inclusive, to 1. */
  readonly random: () => number;
}

type Endpoints = readonly [Endpoint, ...Endpoint[]];

/** All endpoints of some groups, at least one, in the order in which they are to be asked. */
export function orderedEndpoints(groups: readonly Group[], ordering: Ordering): Endpoints {
  const [only] = groups;
  if (only && groups.length === 1 && only.endpoints.length === 1) return only.endpoints;
  switch (ordering.order) {
    case "priority":
      return inPlaceOrder(groups);
    case "weight":
      return inPlaceOrder(byWeight(groups, ordering));
    case "cost":
      return atLeastOne(inPlaceOrder(groups).toSorted((a, b) => comparePrices(a, b)));
    case "latency":
      return byTime(inPlaceOrder(groups), ordering);
  }
}

function inPlaceOrder(groups: readonly Group[]): Endpoints {
  return atLeastOne(groups.flatMap(({ endpoints }) => endpoints));
}

/** Providers by lot; what keeps calls together takes the place of chance. */
function byWeight(groups: readonly Group[], { weights, key, random }: Ordering): readonly Group[] {
  if (!weights || groups.length === 1) return groups;
  return drawnOrder(
    groups,
    ({ provider }) => weights.get(provider) ?? 0,
    key === undefined ? random : ({ provider }) => hashedUniform(key, provider),
  );
}

/** Unpriced endpoints come last; infinity minus itself is no number. */
function comparePrices(a: Endpoint, b: Endpoint): number {
  const [first, second] = [priceRank(a), priceRank(b)];
  return first === second ? 0 : first - second;
}

/** Calls that are to stay together begin at the same endpoint, however fast the others have become. */
function byTime(endpoints: Endpoints, { records, delivery, random, key }: Ordering): Endpoints {
  if (key === undefined) {
    return records ? atLeastOne(byLatency(endpoints, { records, delivery, random })) : endpoints;
  }
  const placeOf = ({ provider, region }: Endpoint) => hashedUniform(key, `${provider}/${region}`);
  const [home] = drawnOrder(endpoints, () => 1, placeOf);
  const others = endpoints.filter((endpoint) => endpoint !== home);
  const rest = records ? byLatency(others, { records, delivery, random: () => 1 }) : others;
  return atLeastOne([...(home ? [home] : []), ...rest]);
}

/** Reordering loses none, which the type system cannot see. */
function atLeastOne(endpoints: readonly Endpoint[]): Endpoints {
  return endpoints as Endpoints;
}
