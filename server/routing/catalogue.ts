import { create } from "@bufbuild/protobuf";
import { type Model, ModelSchema } from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { Price } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import { PriceSchema } from "../../gen/axonflow/gateway/v1/money_pb.ts";
import type { Catalogue } from "../core/catalogue.ts";
import { parseModelId } from "./model-id.ts";
import { type ModelEntry, modelEntries } from "./models.ts";
import { nearNames } from "./near-names.ts";

/** Where the catalogue's models are served, and which of them an empty name means. */
export interface CatalogueOptions {
  readonly region: string;
  readonly defaultModel: string;
}

/** The built-in catalogue, all of it at Bedrock in one region. */
export function createCatalogue({ region, defaultModel }: CatalogueOptions): Catalogue {
  const models = modelEntries.map((entry) => modelOf(entry, region, defaultModel));
  const byName = new Map(
    models.flatMap((model) => namesOf(model).map((name) => [name, model] as const)),
  );
  return {
    models,
    find: (name) => byName.get(name) ?? byName.get(parseModelId(name)?.foundationId ?? ""),
    nearNames: (name) => nearNames(name, [...byName.keys()]),
  };
}

function namesOf(model: Model): string[] {
  return [model.id, model.name, ...model.aliases];
}

function modelOf(entry: ModelEntry, region: string, defaultModel: string): Model {
  const model = create(ModelSchema, {
    id: entry.id,
    name: entry.name,
    displayName: entry.displayName,
    provider: "bedrock",
    family: entry.family,
    aliases: [...entry.aliases],
    regions: [region],
    contextWindowTokens: entry.contextWindowTokens,
    maxOutputTokens: entry.maxOutputTokens,
    price: priceOf(entry),
    lifecycle: entry.lifecycle,
    replacement: entry.replacement,
  });
  const isDefault = namesOf(model).includes(defaultModel);
  return {
    ...model,
    isDefault: isDefault || parseModelId(defaultModel)?.foundationId === entry.id,
  };
}

function priceOf(entry: ModelEntry): Price {
  return create(PriceSchema, {
    inputNanoUsdPerMillionTokens: nanoUsd(entry.inputUsd),
    outputNanoUsdPerMillionTokens: nanoUsd(entry.outputUsd),
  });
}

/** Decimal US dollars as nano-USD, digit by digit: no float is ever involved. At most nine decimals. */
export function nanoUsd(decimal: string): bigint {
  const match = /^(?<whole>\d+)(?:\.(?<fraction>\d{1,9}))?$/.exec(decimal)?.groups;
  if (!match) throw new Error(`${decimal} is no amount in US dollars with at most nine decimals`);
  return BigInt(`${match.whole}${(match.fraction ?? "").padEnd(9, "0")}`);
}
