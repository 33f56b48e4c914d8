import type { Endpoint } from "../core/call.ts";
import type { MatchedEndpoint, ModelMatch } from "../core/catalogue.ts";
import type { Candidate } from "./candidates.ts";
import { allowsRegions, type Fences } from "./fence.ts";
import type { ServingPlace } from "./serving-place.ts";
import { isDrained } from "./traffic.ts";

/** One provider's endpoints for a call, in the order of its places. */
export interface Group {
  readonly provider: string;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
}

/** Each candidate's endpoints that may be asked now; candidates without any are left out. */
export function groupsOf(
  candidates: readonly Candidate[],
  fences: Fences,
  drained: ReadonlySet<string>,
): readonly Group[] {
  const groups: Group[] = [];
  for (const { provider, match } of candidates) {
    const endpoints: Endpoint[] = [];
    for (const place of provider.places) {
      if (!canServe(place, match) || isDrained(place, drained)) continue;
      const way = allowedWay(match.endpointsAt(place.region), fences);
      if (way) endpoints.push(way.endpoint);
    }
    const [first, ...rest] = endpoints;
    if (first) groups.push({ provider: provider.name, endpoints: [first, ...rest] });
  }
  return groups;
}

/** Whether a place has the family's codec, and is where an ARN points. */
export function canServe(place: ServingPlace, { family, region }: ModelMatch): boolean {
  return place.families.has(family) && (region === undefined || region === place.region);
}

/** A name is called by the first id that stays inside of the fences. */
export function allowedWay(
  ways: readonly MatchedEndpoint[],
  fences: Fences,
): MatchedEndpoint | undefined {
  if (fences.length === 0) return ways[0];
  return ways.find(({ endpoint, servedIn }) => allowsRegions(fences, endpoint.region, servedIn));
}
