import { ConfigurationError } from "../config/configuration-error.ts";
import type { Configuration } from "../config/settings.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Clock } from "../core/clock.ts";
import type { EndpointRecords } from "../core/endpoint-records.ts";
import type { Fence } from "../core/fence.ts";
import type { LicenseKey } from "../core/license-keys.ts";
import type { Traffic } from "../core/traffic.ts";
import { createCatalogue } from "../routing/catalogue.ts";
import { modelRouteProblems } from "../routing/model-route-problems.ts";
import { createRoutes, type Routes } from "../routing/routes.ts";
import type { ServingPlace } from "../routing/serving-place.ts";
import { fenceWarnings, startWarnings } from "../routing/start-warnings.ts";

/** What routing is put together from. */
export interface RoutingOptions {
  readonly settings: Configuration;
  /** Every place there is, in the order in which they are asked. */
  readonly places: readonly ServingPlace[];
  /** What an empty `model` means, by provider, the first one's first. */
  readonly defaultModels: ReadonlyMap<string, string>;
  readonly licenseKeys: readonly LicenseKey[];
  readonly clock: Clock;
  /** Outlives what is set up here. */
  readonly traffic: Traffic;
  readonly records?: EndpointRecords | undefined;
}

/** What the gateway knows of models, and where calls go. */
export interface Routing {
  readonly catalogue: Catalogue;
  readonly routes: Routes;
  /** What the operator should know before the first call, one sentence each. */
  readonly warnings: readonly string[];
}

/** Sets up routing from the settings. Throws a ConfigurationError when they lead to what there is not. */
export function createRouting(options: RoutingOptions): Routing {
  const { settings, places, defaultModels, clock, traffic, records } = options;
  const { modelOverrides, modelRoutes } = settings;
  const fence: Fence = { providers: settings.allowedProviders, regions: settings.allowedRegions };
  const isFenced = fence.providers.length > 0 || fence.regions.length > 0;
  const [firstDefault = ""] = defaultModels.values();
  const defaultModel = defaultModels.get(settings.primaryProvider ?? "") ?? firstDefault;
  const catalogue = createCatalogue({
    regions: regionsByProvider(places),
    defaultModel,
    clock,
    overrides: modelOverrides,
    fence: isFenced ? fence : undefined,
  });
  const outside = fenceWarnings(places, fence);
  const problems = [
    ...(outside.length === places.length ? [`Nothing may serve calls: ${outside.join(" ")}`] : []),
    ...modelRouteProblems(modelRoutes, catalogue, places),
    ...keyGrantProblems(options),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  const routes = createRoutes({
    catalogue,
    places,
    defaultModels,
    traffic,
    primaryProvider: settings.primaryProvider,
    order: settings.routingOrder,
    affinity: settings.routingAffinity,
    fence: isFenced ? fence : undefined,
    modelRoutes,
    aliases: modelOverrides.aliases,
    records,
  });
  const warnings = [
    ...startWarnings(catalogue, [...defaultModels.values()], modelOverrides),
    ...outside,
  ];
  return { catalogue, routes, warnings };
}

/** Grants of a key that there is not are a slip of the pen, and leave the other key open. */
function keyGrantProblems({ settings, licenseKeys }: RoutingOptions): string[] {
  const certified = settings.clientCertificates.values();
  const names = new Set([...licenseKeys.map(({ name }) => name), ...certified]);
  return [...settings.keyGrants].flatMap(([name, { where }]) =>
    names.has(name)
      ? []
      : `${where}: there is no licence key of this name, nor a client certificate`,
  );
}

function regionsByProvider(places: readonly ServingPlace[]): ReadonlyMap<string, string[]> {
  const regions = new Map<string, string[]>();
  for (const { provider, region } of places) {
    regions.set(provider, [...(regions.get(provider) ?? []), region]);
  }
  return regions;
}
