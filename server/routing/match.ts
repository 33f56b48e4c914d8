import type { Endpoint } from "../core/call.ts";
import type { MatchedEndpoint, ModelMatch } from "../core/catalogue.ts";
import type { ListedModel } from "../core/listed-model.ts";
import { type ModelTraits, ordinaryTraits } from "../core/model-traits.ts";
import { type Callable, callableIn } from "./callable-id.ts";
import { familyOf } from "./family-of.ts";
import { type ModelId, mayCrossRegions, parseModelId, regionOfArn, undated } from "./model-id.ts";
import type { ModelEntry } from "./models/model-entry.ts";
import { priceListOf } from "./price-list.ts";

/** What is known beside the entry when a name is matched. */
export interface World {
  /** The day in UTC. */
  readonly day: string;
  listedIn(region: string, id: string): ListedModel | undefined;
  /** The entry of a replacement's id. */
  replacement(id: string): ModelEntry | undefined;
}

/** A model of the catalogue. What was asked as an id, a profile, an ARN or a snapshot stays so; a name becomes what works. */
export function matchEntry(
  entry: ModelEntry,
  asked: string,
  parsed: ModelId | undefined,
  world: World,
): ModelMatch {
  const { provider = "bedrock", family } = entry;
  const traits = traitsOf(entry);
  const isSnapshot = provider === "openai" && undated(asked) !== asked;
  return {
    provider,
    family,
    // Of an operator's ARN by whatever name.
    region: regionOfArn(asked) ?? regionOfArn(entry.id),
    endpointAt(region) {
      const callable = callableIn(entry, region, world.listedIn(region, entry.id));
      const model = parsed || isSnapshot ? asked : callable.id;
      const geography = parseModelId(model)?.geography ?? "";
      const endpoint: Endpoint = {
        provider,
        region,
        model,
        family,
        traits,
        maxOutputTokens: entry.maxOutputTokens || undefined,
        prices: priceListOf(entry, geography, region, world.day),
        profiles: callable.profiles,
        replacement: replacementOf(entry, region, world),
      };
      return { endpoint, crossesRegions: mayCrossRegions(model) };
    },
  };
}

/** An id that no data tells of: Bedrock's by its form; OpenAI's only where OpenAI alone was asked. */
export function matchUnknown(
  asked: string,
  parsed: ModelId | undefined,
  providers: ReadonlySet<string>,
): ModelMatch | undefined {
  if (parsed) {
    if (!providers.has("bedrock")) return undefined;
    const family = familyOf(parsed);
    const crossesRegions = parsed.geography !== "";
    return unknownMatch("bedrock", asked, family, crossesRegions, parsed.region);
  }
  const isOpenAiAlone = providers.size === 1 && providers.has("openai");
  return isOpenAiAlone ? unknownMatch("openai", asked, "openai", false) : undefined;
}

function unknownMatch(
  provider: string,
  model: string,
  family: string,
  crossesRegions: boolean,
  region?: string,
): ModelMatch {
  return {
    provider,
    family,
    region,
    endpointAt: (at): MatchedEndpoint => ({
      endpoint: { provider, region: at, model, family, traits: ordinaryTraits },
      crossesRegions,
    }),
  };
}

const traitsByEntry = new WeakMap<ModelEntry, ModelTraits>();

function traitsOf(entry: ModelEntry): ModelTraits {
  const known = traitsByEntry.get(entry);
  if (known) return known;
  const { refuses = [], reasoning, jsonSchema } = entry;
  const traits: ModelTraits = { refuses: new Set(refuses), reasoning, jsonSchema };
  traitsByEntry.set(entry, traits);
  return traits;
}

/** As it can be called in the region, so that a caller can copy it. */
function replacementOf(entry: ModelEntry, region: string, world: World): string | undefined {
  const next = entry.replacement === undefined ? undefined : world.replacement(entry.replacement);
  if (!next) return entry.replacement;
  const callable: Callable = callableIn(next, region, world.listedIn(region, next.id));
  return callable.id;
}
