import type { ModelMatch } from "../core/catalogue.ts";

type Match = (name: string, providers: ReadonlySet<string>, day: string) => ModelMatch | undefined;

/** A match that is looked up once a day for each name. */
export interface RememberedMatch {
  readonly match: Match;
  /** To be called when what is known of models changes. */
  forget(): void;
}

/** How many names are remembered. They come from callers, so when there are more, all are forgotten. */
const mostNames = 4096;

/** Remembers what names mean, and their endpoints with the prices of the day, which every call asks for. */
export function rememberMatches(match: Match): RememberedMatch {
  const remembered = new Map<string, ModelMatch>();
  let rememberedDay = "";
  return {
    match(name, providers, day) {
      if (day !== rememberedDay || remembered.size >= mostNames) remembered.clear();
      rememberedDay = day;
      const key = `${nameOf(providers)} ${name}`;
      const known = remembered.get(key);
      if (known) return known;
      const found = match(name, providers, day);
      if (found) remembered.set(key, rememberEndpoints(found));
      return remembered.get(key);
    },
    forget: () => remembered.clear(),
  };
}

const setNames = new WeakMap<ReadonlySet<string>, string>();

/** Sets of providers are made once and asked for with every call. */
function nameOf(providers: ReadonlySet<string>): string {
  const known = setNames.get(providers);
  if (known !== undefined) return known;
  const name = [...providers].join();
  setNames.set(providers, name);
  return name;
}

/** Regions come from the configuration: there are few. */
function rememberEndpoints(match: ModelMatch): ModelMatch {
  const endpoints = new Map<string, ReturnType<ModelMatch["endpointsAt"]>>();
  return {
    ...match,
    endpointsAt(region) {
      const known = endpoints.get(region) ?? match.endpointsAt(region);
      endpoints.set(region, known);
      return known;
    },
  };
}
