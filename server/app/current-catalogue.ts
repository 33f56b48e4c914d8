import type { Catalogue } from "../core/catalogue.ts";
import type { ListedModel } from "../core/listed-model.ts";

/** The catalogue of the configuration that holds now, for those that outlive a reload. */
export interface CurrentCatalogue extends Catalogue {
  /** What AWS lists in each region, for the catalogue after this one. */
  readonly listed: ReadonlyMap<string, readonly ListedModel[]>;
}

/** Asks the current catalogue each time; what AWS lists is kept for the next one. */
export function createCurrentCatalogue(current: () => Catalogue): CurrentCatalogue {
  const listed = new Map<string, readonly ListedModel[]>();
  return {
    listed,
    models: () => current().models(),
    find: (name) => current().find(name),
    nearNames: (name) => current().nearNames(name),
    match: (name, providers) => current().match(name, providers),
    takeListing(region, models) {
      listed.set(region, models);
      current().takeListing(region, models);
    },
  };
}
