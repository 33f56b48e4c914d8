import { isMap, isScalar, type Node } from "yaml";
import type { ModelRoute, ModelRoutes } from "../core/model-route.ts";
import { entriesOf, type Locate } from "./model-overrides.ts";
import { type JsonSchema, mapOf, plainText } from "./schema/json-schema.ts";
import { providerNames } from "./settings/routing.ts";

/** What one name means at each provider. */
export const routeSchema: JsonSchema = mapOf(
  Object.fromEntries(providerNames.map((name) => [name, plainText(/^[\s\S]{1,2048}$/)])),
);

/**
 * Reads `routes` of a file: names of models, each with the providers that may serve it and what it is called there. Every
 * mistake goes to `problems` with its line; what is wrong is left out.
 */
export function readModelRoutes(
  section: Node | undefined,
  at: Locate,
  problems: string[],
): ModelRoutes {
  return new Map(
    entriesOf("routes", section, at, problems).flatMap(([name, value, where]) => {
      if (isMap(value) && value.items.length > 0 && name !== "") {
        return [[name, { models: readModels(value, name, at, problems) }] as const];
      }
      problems.push(
        `${where}: must be a map of providers to models such as {openai: gpt-4-turbo, bedrock: claude-3-5-sonnet}`,
      );
      return [];
    }),
  );
}

function readModels(
  node: Node,
  name: string,
  at: Locate,
  problems: string[],
): ModelRoute["models"] {
  return new Map(
    entriesOf(`routes.${name}`, node, at, problems).flatMap(([provider, value, where]) => {
      const model = isScalar(value) ? value.value : undefined;
      const isName = typeof model === "string" && model !== "" && model.length <= 2048;
      if (!providerNames.includes(provider)) {
        problems.push(
          `${where}: there is no such provider. There are: ${providerNames.join(", ")}`,
        );
      } else if (!isName) {
        problems.push(`${where}: must be a model's name, id or ARN`);
      } else return [[provider, { model, where }] as const];
      return [];
    }),
  );
}
