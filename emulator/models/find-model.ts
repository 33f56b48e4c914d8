import { BedrockException } from "../bedrock-exception.ts";
import { foundationModelId } from "../call-address.ts";
import { amazonModels } from "./amazon-models.ts";
import { anthropicModels } from "./anthropic-models.ts";
import { metaModels } from "./meta-models.ts";
import { mistralModels } from "./mistral-models.ts";
import type { FamilyName, Model } from "./model.ts";
import { otherModels } from "./other-models.ts";

/** Every model of the tables, in their order. */
export const models: readonly Model[] = [
  ...anthropicModels,
  ...amazonModels,
  ...metaModels,
  ...mistralModels,
  ...otherModels,
];

const modelsById = new Map(models.map((model) => [model.id, model]));
const makers = new Set(models.map(({ id }) => makerOf(id)));
const unknownModelTokens = 1_000_000;

/** The maker of a foundation model: what stands before the first dot of its id. */
export function makerOf(modelId: string): string {
  return modelId.slice(0, Math.max(0, modelId.indexOf(".")));
}

/**
 * Finds the model behind an id as called. Beside the tables there are models for tests: any of
 * Anthropic's, and of other makers any whose id says `emulator`; they may write a million tokens.
 */
export function findModel(calledId: string): Model {
  const id = foundationModelId(calledId);
  const model = modelsById.get(id) ?? unknownModel(id);
  if (model) return model;
  throw new BedrockException("ValidationException", {
    message: "The provided model identifier is invalid.",
  });
}

function unknownModel(id: string): Model | undefined {
  const maker = makerOf(id);
  const isAllowed = maker === "anthropic" || id.includes("emulator");
  if (!makers.has(maker) || !isAllowed || !/^[a-z0-9]+\.[a-z0-9][a-z0-9.:-]*$/.test(id)) {
    return undefined;
  }
  return {
    id,
    name: id,
    family: unknownFamily(id, maker),
    maxOutputTokens: unknownModelTokens,
    profiles: ["us", "eu", "global"],
    isOnDemand: true,
    media: ["image", "document", "video", "audio"],
    hasTools: true,
    alwaysReasons: id.startsWith("deepseek."),
  };
}

const familiesByMaker: Readonly<Record<string, FamilyName>> = {
  anthropic: "anthropic",
  meta: "llama",
  mistral: "mistral-text",
};

function unknownFamily(id: string, maker: string): FamilyName {
  if (maker === "amazon") return id.includes("titan") ? "titan" : "nova";
  if (/^mistral\..*chat/.test(id)) return "mistral-chat";
  return familiesByMaker[maker] ?? "converse";
}
