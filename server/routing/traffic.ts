import { GatewayError } from "../core/error.ts";
import type { Traffic } from "../core/traffic.ts";

/** What there is to weigh and to drain. */
export interface TrafficOptions {
  readonly places: readonly { readonly provider: string; readonly region: string }[];
  /** As configured; undefined when they are not. */
  readonly weights?: ReadonlyMap<string, number> | undefined;
}

/** The traffic as configured, until an operator changes it. A call reads it once, when it is routed. */
export function createTraffic({ places, weights: configured }: TrafficOptions): Traffic {
  const providers = new Set(places.map(({ provider }) => provider));
  const names = new Set([...providers, ...places.map(placeName)]);
  let weights = configured && checkedWeights(configured, providers);
  let drained: ReadonlySet<string> = new Set();
  return {
    get weights() {
      return weights;
    },
    setWeights(next) {
      weights = next && checkedWeights(next, providers);
    },
    get drained() {
      return drained;
    },
    drain(place) {
      drained = new Set([...drained, checkedPlace(place, names)]);
    },
    undrain(place) {
      const name = checkedPlace(place, names);
      drained = new Set([...drained].filter((each) => each !== name));
    },
  };
}

/** Whether a place, or its whole provider, gets no new calls. */
export function isDrained(
  place: { readonly provider: string; readonly region: string },
  drained: ReadonlySet<string>,
): boolean {
  return drained.size > 0 && (drained.has(place.provider) || drained.has(placeName(place)));
}

function placeName({ provider, region }: { provider: string; region: string }): string {
  return `${provider}/${region}`;
}

/** A copy, so that nobody changes it unseen. */
function checkedWeights(
  weights: ReadonlyMap<string, number>,
  providers: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  for (const [provider, weight] of weights) {
    if (!providers.has(provider)) {
      const description = `${JSON.stringify(provider.slice(0, 64))} is not configured. Providers: ${[...providers].join(", ")}.`;
      throw GatewayError.invalid({ field: "weights", description });
    }
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      const description = `That of ${provider} must be a number from 0.`;
      throw GatewayError.invalid({ field: "weights", description });
    }
  }
  if (![...weights.values()].some((weight) => weight > 0)) {
    throw GatewayError.invalid({ field: "weights", description: "One must be above 0." });
  }
  return new Map(weights);
}

function checkedPlace(place: string, names: ReadonlySet<string>): string {
  if (names.has(place)) return place;
  const description = `There is no ${JSON.stringify(place.slice(0, 128))}. Places: ${[...names].join(", ")}.`;
  throw GatewayError.invalid({ field: "place", description });
}
