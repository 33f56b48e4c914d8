import type { Configuration } from "../config/settings.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Log } from "../core/log.ts";
import { createModelListing, type ModelListing } from "../providers/bedrock/live-models.ts";

/** Where models are listed, and who wants to know. */
export interface ModelListingsOptions {
  readonly settings: Configuration;
  /** The regions that Bedrock is asked in, the first one first. */
  readonly regions: readonly string[];
  readonly catalogue: Catalogue;
  readonly log: Log;
}

/**
 * A listing for every region whose control plane is known: a gateway behind a VPC endpoint must not call the internet,
 * and one URL without `{region}` is the first region's.
 */
export function createModelListings(options: ModelListingsOptions): ModelListing[] {
  const { settings, regions, catalogue, log } = options;
  const {
    bedrockEndpointUrl,
    bedrockControlEndpointUrl: url,
    modelRefreshMs: refreshMs,
  } = settings;
  const isKnown = bedrockEndpointUrl === undefined || url !== undefined;
  if (!isKnown || refreshMs === 0) return [];
  const isForAll = url === undefined || url.includes("{region}");
  return (isForAll ? regions : regions.slice(0, 1)).map((region) =>
    createModelListing({
      region,
      controlEndpointUrl: url?.replaceAll("{region}", region),
      refreshMs,
      onListed: (listed) => catalogue.takeListing(region, listed),
      log,
    }),
  );
}
