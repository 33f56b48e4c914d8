import type { Catalogue } from "../core/catalogue.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { ModelNames } from "../policies/policies-for.ts";
import { parseModelId } from "../routing/model-id.ts";

/** What names lead to models. */
export interface ModelNamesOptions {
  readonly catalogue: Pick<Catalogue, "find" | "models" | "match">;
  /** What an empty name may mean, the likeliest first. */
  readonly defaultModels: readonly string[];
  /** The providers that are configured: each may have a model of its own by a name. */
  readonly providers: readonly string[];
  readonly modelRoutes?: ModelRoutes | undefined;
  readonly aliases?: ReadonlyMap<string, string> | undefined;
}

/** Names come from callers: when more are remembered, all are forgotten. */
const mostNames = 4096;

/**
 * Tells all names of everything that may serve what a call asks for: aliases, routes, defaults and providers may each lead
 * to several models, and a policy of any of them holds. The first is the one by which calls are counted.
 */
export function createModelNames(options: ModelNamesOptions): ModelNames {
  const { catalogue, defaultModels, modelRoutes, aliases } = options;
  const providers = options.providers.map((name) => new Set([name]));
  let known: unknown;
  const remembered = new Map<string, readonly [string, ...string[]]>();

  /** Of a name as routing reads it: along its route where it has one. */
  function targetsOf(asked: string): readonly string[] {
    const route = modelRoutes?.get(asked) ?? modelRoutes?.get(aliases?.get(asked) ?? "");
    return route ? [...route.models.values()].map(({ model }) => model) : [asked];
  }

  function namesOf(asked: string): readonly string[] {
    const ofProviders = providers.flatMap((provider) => {
      const match = catalogue.match(asked, provider);
      return match ? match.endpointsAt("us-east-1").map(({ endpoint }) => endpoint.model) : [];
    });
    const models = [asked, ...ofProviders].flatMap((name) => catalogue.find(name) ?? []);
    return [
      ...models.flatMap(({ name, id, aliases, profiles }) => {
        return [name, id, ...aliases, ...profiles.map((profile) => profile.id)];
      }),
      parseModelId(asked)?.foundationId ?? asked,
      ...ofProviders,
    ];
  }

  return (asked) => {
    const models = catalogue.models();
    if (models !== known || remembered.size >= mostNames) remembered.clear();
    known = models;
    const names = remembered.get(asked);
    if (names) return names;
    const found = (asked === "" ? defaultModels : [asked]).flatMap((name) => [
      ...targetsOf(name).flatMap(namesOf),
      name,
    ]);
    const [first = asked, ...others] = new Set(found);
    const all = [first, ...others] as const;
    remembered.set(asked, all);
    return all;
  };
}
