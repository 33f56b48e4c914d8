import type { Catalogue, ModelMatch } from "../core/catalogue.ts";
import type { ModelRoute, ModelRoutes } from "../core/model-route.ts";
import type { PlacedProvider } from "./serving-place.ts";

/** A provider that may serve a call, and what its model is there. */
export interface Candidate {
  readonly provider: PlacedProvider;
  readonly match: ModelMatch;
}

/** What decides who comes into question. */
export interface CandidatesOptions {
  readonly catalogue: Catalogue;
  readonly providers: readonly PlacedProvider[];
  readonly defaultModels: ReadonlyMap<string, string>;
  readonly primaryProvider?: string | undefined;
  readonly modelRoutes?: ModelRoutes | undefined;
  readonly aliases?: ReadonlyMap<string, string> | undefined;
}

/** What is asked, and of whom. */
export interface Question {
  /** The request's `model`. */
  readonly asked: string;
  /** "" when no provider is pinned. */
  readonly pinned: string;
  /** The providers that may serve this call, in order. */
  readonly eligible: readonly PlacedProvider[];
  readonly weights: ReadonlyMap<string, number> | undefined;
}

/**
 * Who comes into question for a model. A call only moves between providers where the operator has said so, by weights or
 * by a route for the name; otherwise it is one provider's, and its failover stays there.
 */
export function createCandidates(
  options: CandidatesOptions,
): (question: Question) => readonly Candidate[] {
  const { catalogue, providers, defaultModels, primaryProvider } = options;
  const routes = routesByEveryName(options);
  const all: ReadonlySet<string> = new Set(providers.map(({ name }) => name));

  const candidate = (provider: PlacedProvider, model: string): Candidate[] => {
    const match = catalogue.match(model, provider.alone);
    return match ? [{ provider, match }] : [];
  };

  /** Each provider's own default where traffic moves between them, else the first one's. */
  function ofDefaults({ eligible, weights }: Question): readonly Candidate[] {
    const [first] = eligible;
    if (weights || !first) return eligible.flatMap((each) => candidate(each, defaultOf(each)));
    const route = routes.get(defaultOf(first));
    if (route) return ofRoute(route, eligible);
    const own = candidate(first, defaultOf(first));
    return own.length > 0 ? own : natural(defaultOf(first), eligible);
  }

  function ofName(question: Question): readonly Candidate[] {
    const { asked, pinned, eligible, weights } = question;
    const route = routes.get(asked);
    if (route) return ofRoute(route, eligible);
    if (pinned !== "") return eligible.flatMap((each) => candidate(each, asked));
    const one = natural(asked, eligible);
    if (one.length === 0 || eligible.length === 1) return one;
    if (weights) return eligible.flatMap((each) => candidate(each, asked));
    const primary = eligible.find(({ name }) => name === primaryProvider);
    const ofPrimary = primary ? candidate(primary, asked) : [];
    return ofPrimary.length > 0 ? ofPrimary : one;
  }

  function ofRoute({ models }: ModelRoute, eligible: readonly PlacedProvider[]) {
    return [...models].flatMap(([name, { model }]) => {
      const provider = eligible.find((each) => each.name === name);
      return provider ? candidate(provider, model) : [];
    });
  }

  /** The provider whose own the name is; one that has it as an alias only when that one may not be asked. */
  function natural(asked: string, eligible: readonly PlacedProvider[]): readonly Candidate[] {
    const [only] = eligible;
    if (only && eligible.length === 1) return candidate(only, asked);
    const names =
      eligible.length === providers.length ? all : new Set(eligible.map(({ name }) => name));
    const match = catalogue.match(asked, names);
    const provider = eligible.find(({ name }) => name === match?.provider);
    return match && provider ? [{ provider, match }] : [];
  }

  const defaultOf = ({ name }: PlacedProvider) => defaultModels.get(name) ?? "";

  return (question) => (question.asked === "" ? ofDefaults(question) : ofName(question));
}

/** The operator's aliases of a name lead along its route too. */
function routesByEveryName({ modelRoutes, aliases }: CandidatesOptions): ModelRoutes {
  const routes = new Map(modelRoutes ?? []);
  for (const [alias, name] of aliases ?? []) {
    const route = modelRoutes?.get(name);
    if (route && !routes.has(alias)) routes.set(alias, route);
  }
  return routes;
}
