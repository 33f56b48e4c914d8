import type { ModelOverride, ModelOverrides } from "../core/model-override.ts";
import { familyOf } from "./family-of.ts";
import { parseModelId } from "./model-id.ts";
import type { ModelEntry } from "./models/model-entry.ts";

/** The catalogue's entries as the operator wants them: changed ones in their place, new ones at the end. */
export function applyOverrides(
  entries: readonly ModelEntry[],
  { models }: Pick<ModelOverrides, "models">,
): readonly ModelEntry[] {
  const left = new Map(models);
  const changed = entries.map((entry) => {
    const key = [entry.id, entry.name].find((name) => left.has(name));
    const override = key === undefined ? undefined : left.get(key);
    if (key !== undefined) left.delete(key);
    return override ? merged(entry, override) : entry;
  });
  return [...changed, ...[...left].map(([id, override]) => merged(newEntry(id), override))];
}

function newEntry(id: string): ModelEntry {
  const parsed = parseModelId(id);
  return {
    id,
    name: id,
    displayName: id,
    family: parsed ? familyOf(parsed) : "converse",
    onDemand: true,
    contextWindowTokens: 0,
    maxOutputTokens: 0,
    prices: [],
  };
}

/** An operator's price replaces all that the data knows of prices: its factors and tiers were for another one. */
function merged(entry: ModelEntry, override: ModelOverride): ModelEntry {
  const { inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd, cacheWrite1hUsd, ...facts } = override;
  const told = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  if (inputUsd === undefined || outputUsd === undefined) return { ...entry, ...told };
  const { factors: _, regionPrices: __, tierFactors: ___, publicPrice: ____, ...rest } = entry;
  const price = {
    input: inputUsd,
    output: outputUsd,
    ...(cacheReadUsd !== undefined && { cacheRead: cacheReadUsd }),
    ...(cacheWriteUsd !== undefined && { cacheWrite: cacheWriteUsd }),
    ...(cacheWrite1hUsd !== undefined && { cacheWrite1h: cacheWrite1hUsd }),
  };
  return { ...rest, ...told, prices: [price] };
}
