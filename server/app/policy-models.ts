import type { Catalogue } from "../core/catalogue.ts";
import { fitsPattern } from "../core/name-pattern.ts";
import type { BudgetPolicy, Policies } from "../core/policy.ts";
import type { ModelNames } from "../policies/policies-for.ts";
import { policyForms } from "../policies/policy-forms.ts";
import { parseModelId } from "../routing/model-id.ts";

/** What tells whether a name is a model's. */
export interface PolicyModelsOptions {
  readonly policies: Policies;
  readonly catalogue: Pick<Catalogue, "find" | "models" | "nearNames">;
  readonly modelNames: ModelNames;
  /** Names that lead along a route. */
  readonly routeNames: ReadonlySet<string>;
}

/**
 * What is wrong with the models that policies name, each with its line: a policy of a model that there is not holds for no
 * call, and a downgrade to the model itself is none. Ids of a provider's form are taken at their word.
 */
export function policyModelProblems(options: PolicyModelsOptions): readonly string[] {
  const { policies } = options;
  const named = policies.flatMap(({ policy, overrides }) => [
    { models: policy.appliesTo.models, where: policy.where, name: policy.name },
    ...overrides.map(({ selection, where }) => ({
      models: selection.models,
      where,
      name: policy.name,
    })),
  ]);
  const selected = named.flatMap(({ models, where, name }) =>
    models
      .filter((model) => !model.includes("*"))
      .flatMap((model) => unknown(model, `${where}: policies.${name}`, options)),
  );
  const budgets = policyForms(policies).filter((policy) => policy.type === "budget");
  return [
    ...new Set([...selected, ...budgets.flatMap((each) => downgradeProblems(each, options))]),
  ];
}

/** Patterns that no model fits now; AWS may list one tomorrow. */
export function policyModelWarnings({ policies, catalogue }: PolicyModelsOptions): string[] {
  const names = catalogue
    .models()
    .flatMap(({ id, name, aliases, profiles }) => [
      id,
      name,
      ...aliases,
      ...profiles.map((p) => p.id),
    ]);
  return policies.flatMap(({ policy, overrides }) => {
    const models = [policy.appliesTo, ...overrides.map(({ selection }) => selection)].flatMap(
      (selection) => selection.models,
    );
    return models
      .filter((model) => model.includes("*") && !names.some((name) => fitsPattern(model, name)))
      .map(
        (model) =>
          `The policy ${policy.name} is about models ${model}, and none is known that fits.`,
      );
  });
}

function downgradeProblems(
  { name, where, action, appliesTo }: BudgetPolicy,
  options: PolicyModelsOptions,
): readonly string[] {
  if (action.kind !== "downgrade") return [];
  const place = `${where}: policies.${name}`;
  const missing = unknown(action.model, place, options);
  if (missing.length > 0) return missing;
  const [canonical] = options.modelNames(action.model);
  const isItself =
    appliesTo.models.length > 0 &&
    appliesTo.models.every((model) => options.modelNames(model)[0] === canonical);
  return isItself
    ? [
        `${place}: the model ${action.model} is the one that the budget is about. Go down to another`,
      ]
    : [];
}

function unknown(
  model: string,
  place: string,
  { catalogue, routeNames }: PolicyModelsOptions,
): readonly string[] {
  const isKnown =
    routeNames.has(model) ||
    catalogue.find(model) !== undefined ||
    parseModelId(model) !== undefined ||
    model.startsWith("arn:");
  if (isKnown) return [];
  const near = catalogue.nearNames(model);
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  return [`${place}: there is no model ${model}.${hint}`];
}
