import { Lifecycle, type Model, ModelFeature } from "../sdk/node.ts";

/** Where a model stands, with the day on which it ends or ended: `active`, `legacy until 2027-01-08`. */
export function lifecycleWords({ lifecycle, endOfLifeDate }: Model): string {
  switch (lifecycle) {
    case Lifecycle.ACTIVE:
      return endOfLifeDate ? `active until ${endOfLifeDate}` : "active";
    case Lifecycle.LEGACY:
      return endOfLifeDate ? `legacy until ${endOfLifeDate}` : "legacy";
    case Lifecycle.END_OF_LIFE:
      return endOfLifeDate ? `ended ${endOfLifeDate}` : "ended";
    default:
      return "-";
  }
}

/** What a model can do besides text. */
export function featureWords({ features }: Model): string {
  return features.flatMap((feature) => featureNames.get(feature) ?? []).join(", ") || "-";
}

const featureNames: ReadonlyMap<ModelFeature, string> = new Map([
  [ModelFeature.TOOLS, "tools"],
  [ModelFeature.IMAGES, "images"],
  [ModelFeature.DOCUMENTS, "documents"],
  [ModelFeature.JSON_SCHEMA, "JSON by schema"],
  [ModelFeature.PROMPT_CACHE, "prompt cache"],
  [ModelFeature.REASONING, "reasoning"],
]);

/** A whole number with its thousands apart: `1,050,000`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A limit in tokens; 0 stands for one that is not known. */
export function tokenLimit(tokens: number): string {
  return tokens === 0 ? "-" : grouped(tokens);
}
