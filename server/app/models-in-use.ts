import { Lifecycle } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Configuration } from "../config/settings.ts";
import type { Catalogue, MatchedEndpoint } from "../core/catalogue.ts";
import { systemClock } from "../core/clock.ts";
import type { ModelInUse } from "../doctor/model-in-use.ts";
import { policyForms } from "../policies/policy-forms.ts";
import { createCatalogue } from "../routing/catalogue.ts";
import { allowedWay } from "../routing/groups.ts";
import { parseModelId } from "../routing/model-id.ts";
import { guideModel } from "./guide-model.ts";

/** Where Bedrock is asked, and for what else than the configuration says. */
export interface ModelsInUseOptions {
  readonly settings: Configuration;
  /** The regions of Bedrock, the first one first. */
  readonly regions: readonly string[];
  /** Names that callers use, besides those of the configuration. */
  readonly more?: readonly string[] | undefined;
}

/**
 * Every model of Bedrock that the configuration names, in every region, by the id that calls of the gateway carry: the
 * default, routes, aliases, models that keys are granted, and those that budgets go down to. Patterns name none.
 */
export function modelsInUse({
  settings,
  regions,
  more = [],
}: ModelsInUseOptions): readonly ModelInUse[] {
  if (regions.length === 0) return [];
  const catalogue = createCatalogue({
    regions: new Map([["bedrock", regions]]),
    defaultModel: settings.bedrockModel ?? guideModel,
    clock: systemClock,
    overrides: settings.modelOverrides,
  });
  const names = [...new Set([...namesIn(settings), ...more])];
  const found = names.flatMap((name) =>
    regions.flatMap((region) => inRegion(name, region, catalogue, settings)),
  );
  const byCall = new Map(found.map((model) => [`${model.region} ${model.calledId}`, model]));
  return [...byCall.values()];
}

/** Names that no model of Bedrock goes by, so that somebody who misspells one is told. */
export function unknownModels({
  settings,
  regions,
  more = [],
}: ModelsInUseOptions): readonly string[] {
  return more.filter((name) =>
    modelsInUse({ settings, regions, more: [name] }).every((each) => each.name !== name),
  );
}

function namesIn(settings: Configuration): readonly string[] {
  const { modelRoutes, modelOverrides, keyGrants, policies } = settings;
  const budgets = policyForms(policies).filter((policy) => policy.type === "budget");
  return [
    settings.bedrockModel ?? guideModel,
    ...[...modelRoutes.values()].flatMap(({ models }) => models.get("bedrock")?.model ?? []),
    ...modelOverrides.aliases.values(),
    ...modelOverrides.models.keys(),
    ...[...keyGrants.values()].flatMap(({ models }) => models),
    ...budgets.flatMap(({ action }) => (action.kind === "downgrade" ? action.model : [])),
  ].filter((name) => !name.includes("*"));
}

function inRegion(
  name: string,
  region: string,
  catalogue: Catalogue,
  { allowedProviders, allowedRegions }: Configuration,
): readonly ModelInUse[] {
  const match = catalogue.match(name, new Set(["bedrock"]));
  if (!match || (match.region !== undefined && match.region !== region)) return [];
  const fence = { providers: allowedProviders, regions: allowedRegions };
  const ways = match.endpointsAt(region);
  const isFenced = allowedProviders.length > 0 || allowedRegions.length > 0;
  // Outside of the fence the gateway refuses; the doctor still has to say why.
  const way = allowedWay(ways, isFenced ? [fence] : []) ?? ways[0];
  return [modelOf(name, region, way, catalogue)];
}

function modelOf(
  name: string,
  region: string,
  { endpoint, servedIn }: MatchedEndpoint,
  catalogue: Catalogue,
): ModelInUse {
  const calledId = endpoint.model;
  const parsed = parseModelId(calledId);
  const known = catalogue.find(calledId);
  const profile = calledId.slice(calledId.lastIndexOf("/") + 1);
  return {
    name,
    region,
    calledId,
    foundationId: parsed?.foundationId,
    profileId: parsed && parsed.geography !== "" ? profile : undefined,
    servedIn,
    lifecycle: lifecycleWord(known?.lifecycle),
    endOfLife: known?.endOfLifeDate || undefined,
    replacement: endpoint.replacement ?? (known?.replacement || undefined),
  };
}

function lifecycleWord(lifecycle: Lifecycle | undefined): ModelInUse["lifecycle"] {
  if (lifecycle === Lifecycle.ACTIVE) return "active";
  if (lifecycle === Lifecycle.LEGACY) return "legacy";
  return lifecycle === Lifecycle.END_OF_LIFE ? "ended" : "unknown";
}
