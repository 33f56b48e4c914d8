import type { Catalogue } from "../core/catalogue.ts";
import type { ModelRoutes } from "../core/model-route.ts";
import type { ServingPlace } from "./serving-place.ts";

/**
 * What is wrong with the operator's routes, each with its line: providers that are not configured, and models that their
 * provider is not known to have. A Bedrock id of the right form is taken at its word, as everywhere; OpenAI's names have
 * no form, so one that is not in the catalogue has to be described there.
 */
export function modelRouteProblems(
  routes: ModelRoutes,
  catalogue: Catalogue,
  places: readonly ServingPlace[],
): readonly string[] {
  const providers = new Set(places.map(({ provider }) => provider));
  return [...routes.values()].flatMap(({ models }) =>
    [...models].flatMap(([provider, { model, where }]) => {
      if (!providers.has(provider)) {
        return [
          `${where}: the provider ${provider} is not configured. Leave it out, or set it up.`,
        ];
      }
      return isKnown(provider, model, catalogue)
        ? []
        : [`${where}: ${unknown(provider, model, catalogue)}`];
    }),
  );
}

function isKnown(provider: string, model: string, catalogue: Catalogue): boolean {
  if (!catalogue.match(model, new Set([provider]))) return false;
  return provider !== "openai" || catalogue.find(model) !== undefined;
}

function unknown(provider: string, model: string, catalogue: Catalogue): string {
  const known = catalogue.find(model);
  if (known) return `the model ${model} is of ${known.provider}, not of ${provider}`;
  const near = catalogue.nearNames(model);
  const hint = near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "";
  return `there is no model ${model} of ${provider}. ${hint} \`models\` can describe one.`.replace(
    "  ",
    " ",
  );
}
