import type { Model } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Endpoint } from "./call.ts";
import type { ListedModel } from "./listed-model.ts";

/** The models that this gateway knows. */
export interface Catalogue {
  /** All of them as they stand today, in the order in which they are listed. */
  models(): readonly Model[];
  /** Finds a model by id, name, alias, profile id or ARN; undefined when there is none. */
  find(name: string): Model | undefined;
  /** Up to three known names that look like this one, nearest first. */
  nearNames(name: string): readonly string[];
  /**
   * What a name means among these providers; undefined when none of them can be asked for it. Ids, profiles and ARNs
   * that no data tells of are taken at their word.
   */
  match(name: string, providers: ReadonlySet<string>): ModelMatch | undefined;
  /** Takes over what AWS lists in a region: from then on it decides lifecycles, profiles and presence there. */
  takeListing(region: string, listed: readonly ListedModel[]): void;
}

/** A model that was asked for, before a place to ask for it is chosen. */
export interface ModelMatch {
  readonly provider: string;
  readonly family: string;
  /** The region of an ARN; it can be served nowhere else. */
  readonly region?: string | undefined;
  /**
   * The ways to call it in a region, the usual one first. A name may have several (its own id, profiles); an id, a
   * profile or an ARN is called as it is.
   */
  endpointsAt(region: string): readonly [MatchedEndpoint, ...MatchedEndpoint[]];
}

/** An endpoint, and where a call to it may be served. */
export interface MatchedEndpoint {
  readonly endpoint: Endpoint;
  /** All regions that may serve it; undefined: any region, or nobody knows which. */
  readonly servedIn: readonly string[] | undefined;
}
