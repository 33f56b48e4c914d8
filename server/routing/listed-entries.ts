import type { ListedModel } from "../core/listed-model.ts";
import { familyOf } from "./family-of.ts";
import { parseModelId } from "./model-id.ts";
import type { ModelEntry } from "./models/model-entry.ts";

/** Models that answer in text, that AWS lists somewhere and that the catalogue's data does not tell of. No prices. */
export function listedEntries(
  listings: readonly ReadonlyMap<string, ListedModel>[],
  known: readonly ModelEntry[],
): readonly ModelEntry[] {
  const ids = new Set(known.map(({ id }) => id));
  const names = new Set(known.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  const added: ModelEntry[] = [];
  for (const listed of listings.flatMap((listing) => [...listing.values()])) {
    const { id, name } = listed;
    const parsed = parseModelId(id);
    if (!isCompletionModel(listed) || !parsed || ids.has(id)) continue;
    ids.add(id);
    const ownName = id.slice(id.indexOf(".") + 1).toLowerCase();
    added.push({
      id,
      name: names.has(ownName) ? id : ownName,
      displayName: name || id,
      family: familyOf(parsed),
      contextWindowTokens: 0,
      maxOutputTokens: 0,
      prices: [],
    });
  }
  return added;
}

/**
 * Whether it can be asked for a completion. What has neither its own id nor a profile to be called by is for provisioned
 * throughput alone; rerankers and embedders may be listed with text as their output.
 */
function isCompletionModel({ id, isText, onDemand, profiles }: ListedModel): boolean {
  const isCallable = onDemand || profiles.length > 0;
  return isText && isCallable && !/rerank|embed/.test(id);
}
