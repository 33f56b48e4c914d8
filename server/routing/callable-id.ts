import type { ListedModel } from "../core/listed-model.ts";
import { geographiesOf } from "./geographies.ts";
import type { ModelEntry } from "./models/model-entry.ts";

/** How a model can be called in a region. */
export interface Callable {
  /** Whether its own id can be called. */
  readonly onDemand: boolean;
  /** The profiles that can be called there, the narrowest geography first. */
  readonly profiles: readonly string[];
  /** What its name means there: its own id, else the narrowest profile, else its own id all the same. */
  readonly id: string;
  /** The geography of that id; "" for the model's own. */
  readonly geography: string;
}

/** By what AWS lists in the region, and by the catalogue's data where it lists nothing. */
export function callableIn(
  entry: ModelEntry,
  region: string,
  listed: ListedModel | undefined,
): Callable {
  const known = listed
    ? listed.profiles
    : (entry.profiles ?? []).map((geography) => `${geography}.${entry.id}`);
  const profiles = geographiesOf(region)
    .map((geography) => `${geography}.${entry.id}`)
    .filter((id) => known.includes(id));
  const onDemand = listed?.onDemand ?? isOnDemand(entry, region);
  const profile = onDemand ? undefined : profiles[0];
  return {
    onDemand,
    profiles,
    id: profile ?? entry.id,
    geography: profile ? profile.slice(0, profile.indexOf(".")) : "",
  };
}

/** The ids by which a name can be called, the usual one first. */
export function waysToCall({ onDemand, profiles, id }: Callable): readonly [string, ...string[]] {
  return onDemand ? [id, ...profiles] : [id, ...profiles.slice(1)];
}

/** A model that is sold by its own id in a few regions is sold there alone. */
function isOnDemand(entry: ModelEntry, region: string): boolean {
  const { onDemand = (entry.profiles ?? []).length === 0, regions } = entry;
  const isSoldElsewhere = regions !== undefined && !regions.includes(region);
  return onDemand && !isSoldElsewhere;
}
