import { ServiceTier } from "../../gen/axonflow/gateway/v1/completion_pb.ts";
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
  const added = [...left].map(([id, override]) => merged(newEntry(id, entries), override));
  return [...changed, ...added];
}

/** A profile, or an ARN that tells its model, begins with what is known of that model. */
function newEntry(id: string, entries: readonly ModelEntry[]): ModelEntry {
  const parsed = parseModelId(id);
  const model = entries.find((entry) => entry.id === parsed?.foundationId);
  const { aliases: _, profiles: __, ...facts } = model ?? unknownModel;
  const family = model?.family ?? (parsed ? familyOf(parsed) : "converse");
  return { ...facts, id, name: id, displayName: id, family, onDemand: true };
}

const unknownModel: ModelEntry = {
  id: "",
  name: "",
  displayName: "",
  family: "",
  contextWindowTokens: 0,
  maxOutputTokens: 0,
  prices: [],
};

function merged(entry: ModelEntry, override: ModelOverride): ModelEntry {
  const { inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd, cacheWrite1hUsd, ...others } = override;
  const { flexFactor, priorityFactor, ...facts } = others;
  return {
    ...(inputUsd === undefined ? entry : unpriced(entry)),
    ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)),
    ...pricesOf(override),
    ...tierFactorsOf(flexFactor, priorityFactor),
    // Bodies of that form go to nobody else.
    ...(facts.family === "openai" && { provider: "openai" }),
  };
}

/** An operator's price replaces all that the data knows of prices: its factors and tiers were for another one. */
function unpriced(entry: ModelEntry): ModelEntry {
  const {
    factors: _,
    regionPrices: __,
    profilePrices: ___,
    tierFactors: ____,
    publicPrice: _____,
    ...rest
  } = entry;
  return rest;
}

function pricesOf(override: ModelOverride): Partial<ModelEntry> {
  const { inputUsd, outputUsd, cacheReadUsd, cacheWriteUsd, cacheWrite1hUsd } = override;
  if (inputUsd === undefined || outputUsd === undefined) return {};
  const price = {
    input: inputUsd,
    output: outputUsd,
    ...(cacheReadUsd !== undefined && { cacheRead: cacheReadUsd }),
    ...(cacheWriteUsd !== undefined && { cacheWrite: cacheWriteUsd }),
    ...(cacheWrite1hUsd !== undefined && { cacheWrite1h: cacheWrite1hUsd }),
  };
  return { prices: [price] };
}

/** A tier that the operator does not name costs what the ordinary one costs. */
function tierFactorsOf(
  flex: string | undefined,
  priority: string | undefined,
): Partial<ModelEntry> {
  if (flex === undefined && priority === undefined) return {};
  const tierFactors = {
    ...(flex !== undefined && { [ServiceTier.FLEX]: flex }),
    ...(priority !== undefined && { [ServiceTier.PRIORITY]: priority }),
  };
  return { tierFactors };
}
