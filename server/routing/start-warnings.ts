import { Lifecycle } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Fence } from "../core/fence.ts";
import type { ModelOverrides } from "../core/model-override.ts";
import { allowsProvider, allowsRegions } from "./fence.ts";

/** What an operator should know before the first call, one sentence each. */
export function startWarnings(
  catalogue: Catalogue,
  defaultModels: readonly string[],
  { aliases }: Pick<ModelOverrides, "aliases">,
): readonly string[] {
  return [
    ...defaultModels.flatMap((name) => lifecycleWarning(catalogue, name)),
    ...[...aliases].flatMap(([alias, target]) => {
      if (catalogue.find(target)) return [];
      return `The alias ${alias} leads to ${target}, which the catalogue does not know; calls by it may fail.`;
    }),
  ];
}

function lifecycleWarning(catalogue: Catalogue, name: string): readonly string[] {
  const model = catalogue.find(name);
  if (!model) {
    return [`The default model ${name} is not in the catalogue: its calls will have no cost.`];
  }
  const { lifecycle, endOfLifeDate, replacement } = model;
  const advice = replacement ? ` Move to ${replacement}.` : "";
  const date = endOfLifeDate ? ` (${endOfLifeDate})` : "";
  if (lifecycle === Lifecycle.END_OF_LIFE) {
    return [
      `The default model ${model.id} is past its end of life at its provider${date}.${advice}`,
    ];
  }
  if (lifecycle === Lifecycle.LEGACY) {
    return [`The default model ${model.id} is at the end of its life soon${date}.${advice}`];
  }
  return [];
}

/** Places that are configured and will never be asked. */
export function fenceWarnings(
  places: readonly { readonly provider: string; readonly region: string }[],
  fence: Fence,
): readonly string[] {
  return places.flatMap(({ provider, region }) => {
    const isInside = allowsProvider([fence], provider) && allowsRegions([fence], region, [region]);
    return isInside ? [] : `${provider} in ${region} will not be asked: it is not allowed.`;
  });
}
