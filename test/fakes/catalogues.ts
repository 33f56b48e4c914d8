import type { Catalogue } from "../../server/core/catalogue.ts";
import { type CatalogueOptions, createCatalogue } from "../../server/routing/catalogue.ts";
import { createManualClock } from "./manual-clock.ts";
import { oldHaiku, sampleEntries } from "./model-entries.ts";

/** A catalogue of the sample models, at Bedrock in eu-west-1. */
export function catalogueOf(change: Partial<CatalogueOptions> = {}): Catalogue {
  return createCatalogue({
    regions: new Map([["bedrock", ["eu-west-1"]]]),
    defaultModel: oldHaiku.id,
    clock: createManualClock(),
    entries: sampleEntries,
    ...change,
  });
}
