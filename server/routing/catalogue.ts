import type { Model } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Catalogue, ModelMatch } from "../core/catalogue.ts";
import type { Clock } from "../core/clock.ts";
import type { Fence } from "../core/fence.ts";
import type { ListedModel } from "../core/listed-model.ts";
import { type ModelOverrides, noOverrides } from "../core/model-override.ts";
import { applyOverrides } from "./apply-overrides.ts";
import { createCalendar } from "./calendar.ts";
import { type Callable, callableIn } from "./callable-id.ts";
import { createEntryIndex } from "./entry-index.ts";
import { allowsProvider, type Fences } from "./fence.ts";
import { allowedWay } from "./groups.ts";
import { listedEntries } from "./listed-entries.ts";
import { matchEntry, matchUnknown, type World } from "./match.ts";
import { parseModelId, undated } from "./model-id.ts";
import { modelView } from "./model-view.ts";
import { modelEntries } from "./models/model-entries.ts";
import type { ModelEntry } from "./models/model-entry.ts";
import { nearNames } from "./near-names.ts";
import { rememberMatches } from "./remember-matches.ts";

/** Where the catalogue's models are served, and what the configuration says about them. */
export interface CatalogueOptions {
  /** The regions of each provider that is served, the first one first. */
  readonly regions: ReadonlyMap<string, readonly string[]>;
  /** What holds for every call: the catalogue shows nothing as served that is outside of it. */
  readonly fence?: Fence | undefined;
  /** What an empty name means. */
  readonly defaultModel: string;
  readonly clock: Clock;
  readonly overrides?: ModelOverrides;
  /** Default: the data in `models/`. */
  readonly entries?: readonly ModelEntry[];
}

/** The built-in catalogue with the operator's changes, and, once they are known, the models that AWS lists. */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { regions, defaultModel, clock, overrides = noOverrides } = options;
  const own = applyOverrides(options.entries ?? modelEntries, overrides);
  const listings = new Map<string, ReadonlyMap<string, ListedModel>>();
  let entries = own;
  let index = createEntryIndex(entries);
  let views: { readonly day: string; readonly models: readonly Model[] } | undefined;

  const today = createCalendar(clock);
  const fences: Fences = options.fence ? [options.fence] : [];
  const meant = (name: string) => overrides.aliases.get(name) ?? name;
  const listedIn = (region: string, id: string) => listings.get(region)?.get(id);

  const worldOn = (day: string): World => ({
    day,
    listedIn,
    replacement: (id) => index.named(id)[0],
  });

  /** By name, by the model that a profile or an ARN tells, or by a dated name of OpenAI's. */
  function entriesOf(asked: string): readonly ModelEntry[] {
    const named = index.named(asked);
    if (named.length > 0) return named;
    const parsed = parseModelId(asked);
    if (parsed) return index.named(parsed.foundationId);
    return index.named(undated(asked)).filter(({ provider }) => provider === "openai");
  }

  function matchOn(
    name: string,
    providers: ReadonlySet<string>,
    day: string,
  ): ModelMatch | undefined {
    const asked = meant(name);
    const parsed = parseModelId(asked);
    const known = entriesOf(asked);
    const found = known.find(({ provider = "bedrock" }) => providers.has(provider));
    if (found) return matchEntry(found, asked, parsed, worldOn(day));
    return known.length > 0 ? undefined : matchUnknown(asked, parsed, providers);
  }

  const remembered = rememberMatches(matchOn);

  function find(name: string): Model | undefined {
    const asked = meant(name);
    const entry = entriesOf(asked)[0];
    return entry && models().find(({ id, name: own }) => id === entry.id && own === entry.name);
  }

  function models(): readonly Model[] {
    const day = today();
    if (views?.day !== day) views = { day, models: entries.map((entry) => viewOf(entry, day)) };
    return views.models;
  }

  function viewOf(entry: ModelEntry, day: string): Model {
    const provider = entry.provider ?? "bedrock";
    const all = allowsProvider(fences, provider) ? (regions.get(provider) ?? []) : [];
    const served = all.filter((region) => isServed(entry, region, day));
    const region = served[0] ?? all[0] ?? "us-east-1";
    const listed = listedIn(region, entry.id);
    const standsFor = (name: string) =>
      index.named(name)[0] === entry || parseModelId(name)?.foundationId === entry.id;
    return modelView(entry, {
      ...callableIn(entry, region, listed),
      region: served[0],
      regions: served,
      day,
      listed,
      isDefault: standsFor(meant(defaultModel)),
      extraAliases: [...overrides.aliases].flatMap(([alias, to]) => (standsFor(to) ? alias : [])),
    });
  }

  /** Whether its name can be called in a region, inside of the fence. */
  function isServed(entry: ModelEntry, region: string, day: string): boolean {
    const listing = listings.get(region);
    const listed = listing?.get(entry.id);
    const isAbsent =
      (entry.provider ?? "bedrock") === "bedrock" && listing !== undefined && !listed;
    const { onDemand, profiles }: Callable = callableIn(entry, region, listed);
    const isCallable = !isAbsent && (onDemand || profiles.length > 0);
    if (!isCallable && !isOverridden(entry)) return false;
    if (fences.length === 0) return true;
    const { endpointsAt } = matchEntry(entry, entry.name, undefined, worldOn(day));
    return allowedWay(endpointsAt(region), fences) !== undefined;
  }

  /** What the operator describes is served, whether or not AWS lists it: an application profile is not listed. */
  const isOverridden = ({ id, name }: ModelEntry) =>
    overrides.models.has(id) || overrides.models.has(name);

  return {
    models,
    find,
    match: (name, providers) => remembered.match(name, providers, today()),
    nearNames: (name) => nearNames(name, [...index.names, ...overrides.aliases.keys()]),
    takeListing(region, listed) {
      listings.set(region, new Map(listed.map((model) => [model.id, model])));
      entries = [...own, ...listedEntries([...listings.values()], own)];
      index = createEntryIndex(entries);
      views = undefined;
      remembered.forget();
    },
  };
}
