import type { MatchedEndpoint, ModelMatch } from "../core/catalogue.ts";
import type { ListedModel } from "../core/listed-model.ts";
import { type ModelTraits, ordinaryTraits } from "../core/model-traits.ts";
import { type Callable, callableIn, waysToCall } from "./callable-id.ts";
import { continuationOf } from "./continuation-of.ts";
import { servedIn } from "./destinations.ts";
import { familyOf } from "./family-of.ts";
import { type ModelId, parseModelId, regionOfArn, undated } from "./model-id.ts";
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
    endpointsAt(region) {
      const listed = world.listedIn(region, entry.id);
      const callable = callableIn(entry, region, listed);
      const common = {
        provider,
        region,
        family,
        traits,
        maxOutputTokens: entry.maxOutputTokens || undefined,
        contextTokens: entry.contextWindowTokens || undefined,
        profiles: callable.profiles,
        replacement: replacementOf(entry, region, world),
      };
      const wayTo = (model: string): MatchedEndpoint => {
        const geography = parseModelId(model)?.geography ?? "";
        const prices = priceListOf(entry, geography, region, world.day);
        return {
          endpoint: { ...common, model, prices },
          servedIn: provider === "bedrock" ? servedIn(model, region, listed) : [region],
        };
      };
      if (parsed || isSnapshot) return [wayTo(asked)];
      const [usual, ...others] = waysToCall(callable);
      return [wayTo(usual), ...others.map(wayTo)];
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
    return unknownMatch("bedrock", asked, family, parsed.region);
  }
  const isOpenAiAlone = providers.size === 1 && providers.has("openai");
  return isOpenAiAlone ? unknownMatch("openai", asked, "openai") : undefined;
}

function unknownMatch(
  provider: string,
  model: string,
  family: string,
  region?: string,
): ModelMatch {
  const traits = { ...ordinaryTraits, continuation: continuationOf({ family }) };
  return {
    provider,
    family,
    region,
    endpointsAt: (at) => [
      {
        endpoint: { provider, region: at, model, family, traits },
        servedIn: provider === "bedrock" ? servedIn(model, at, undefined) : [at],
      },
    ],
  };
}

const traitsByEntry = new WeakMap<ModelEntry, ModelTraits>();

function traitsOf(entry: ModelEntry): ModelTraits {
  const known = traitsByEntry.get(entry);
  if (known) return known;
  const { refuses = [], reasoning, jsonSchema } = entry;
  const continuation = continuationOf(entry);
  const traits: ModelTraits = { refuses: new Set(refuses), reasoning, jsonSchema, continuation };
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
