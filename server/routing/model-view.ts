import { create } from "@bufbuild/protobuf";
import {
  InferenceProfileSchema,
  type Model,
  ModelSchema,
} from "../../gen/axonflow/gateway/v1/model_pb.ts";
import type { ListedModel } from "../core/listed-model.ts";
import { lifecycleOf } from "./lifecycle.ts";
import type { ModelEntry } from "./models/model-entry.ts";
import { priceListOf, priceOf } from "./price-list.ts";

/** Where and when a model is looked at. */
export interface Viewpoint {
  /** The first region that serves it, whose prices are shown; undefined: it is not served here. */
  readonly region: string | undefined;
  /** All regions that serve it. */
  readonly regions: readonly string[];
  /** The day in UTC. */
  readonly day: string;
  readonly listed: ListedModel | undefined;
  /** The geography that a call by its name goes through in that region; "" for its own id. */
  readonly geography: string;
  readonly profiles: readonly string[];
  readonly onDemand: boolean;
  readonly isDefault: boolean;
  readonly extraAliases: readonly string[];
}

/** A model as the contract shows it. */
export function modelView(entry: ModelEntry, view: Viewpoint): Model {
  const { region = "", day, listed, geography } = view;
  const prices = priceListOf(entry, geography, region, day);
  const end = listed ? listed.endOfLife : entry.endOfLife;
  return create(ModelSchema, {
    id: entry.id,
    name: entry.name,
    displayName: entry.displayName,
    provider: entry.provider ?? "bedrock",
    family: entry.family,
    maker: makerOf(entry),
    aliases: [...(entry.aliases ?? []), ...view.extraAliases],
    regions: [...view.regions],
    contextWindowTokens: entry.contextWindowTokens,
    maxOutputTokens: entry.maxOutputTokens,
    lifecycle: lifecycleOf(entry, listed, day),
    endOfLifeDate: end?.slice(0, 10) ?? "",
    replacement: entry.replacement ?? "",
    isDefault: view.isDefault,
    onDemand: view.onDemand,
    profiles: view.profiles.map((id) => profileView(entry, id, view)),
    features: [...(entry.features ?? [])],
    refusedFields: [...(entry.refuses ?? [])],
    ...(prices && { price: prices.standard }),
    ...(prices?.longPrompt && {
      longPromptPrice: prices.longPrompt.price,
      longPromptAboveTokens: prices.longPrompt.aboveTokens,
    }),
    ...(entry.publicPrice && { publicPrice: priceOf(entry.publicPrice) }),
  });
}

function profileView(entry: ModelEntry, id: string, { region = "", day }: Viewpoint) {
  const geography = id.slice(0, id.indexOf("."));
  const prices = priceListOf(entry, geography, region, day);
  return create(InferenceProfileSchema, {
    id,
    geography,
    ...(prices && { price: prices.standard }),
  });
}

/** The first part of a Bedrock id. An ARN tells no maker. */
function makerOf({ id, provider }: ModelEntry): string {
  if (provider === "openai") return "openai";
  return id.startsWith("arn:") ? "" : id.slice(0, id.indexOf("."));
}
