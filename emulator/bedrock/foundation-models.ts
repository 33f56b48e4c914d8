import { BedrockException } from "../bedrock-exception.ts";
import type { JsonObject } from "../json.ts";
import { makerOf } from "../models/find-model.ts";
import type { ModelStatus } from "../models/lifecycle.ts";
import type { Model } from "../models/model.ts";
import type { ListingRequest } from "./control-plane-api.ts";
import { invalid } from "./validation.ts";

const makerNames: Readonly<Record<string, string>> = {
  ai21: "AI21 Labs",
  amazon: "Amazon",
  anthropic: "Anthropic",
  cohere: "Cohere",
  deepseek: "DeepSeek",
  google: "Google",
  meta: "Meta",
  minimax: "MiniMax",
  mistral: "Mistral AI",
  moonshot: "Moonshot AI",
  moonshotai: "Moonshot AI",
  nvidia: "NVIDIA",
  openai: "OpenAI",
  qwen: "Qwen",
  writer: "Writer",
  xai: "xAI",
  zai: "Z.AI",
};

const startOfLife = "2024-01-01T00:00:00Z";
const dayMs = 86_400_000;

/** ListFoundationModels: never paged; filters by provider, modality and kind of inference. */
export function listModels({ query, region, desk }: ListingRequest): JsonObject {
  const summaries = desk.list().map(([model, status]) => summary(model, status, region));
  const matches = (member: string, wanted: string | null) => (model: JsonObject) => {
    const value = model[member];
    if (wanted === null) return true;
    return Array.isArray(value) ? value.includes(wanted) : value === wanted;
  };
  const provider = query.get("byProvider")?.toLowerCase() ?? null;
  return {
    modelSummaries: summaries
      .filter(({ providerName }) =>
        provider === null ? true : String(providerName).toLowerCase() === provider,
      )
      .filter(matches("inferenceTypesSupported", query.get("byInferenceType")))
      .filter(matches("outputModalities", query.get("byOutputModality")))
      .filter(matches("customizationsSupported", query.get("byCustomizationType"))),
  };
}

/** GetFoundationModel, by id or ARN. */
export function describeModel({ region, desk }: ListingRequest, id: string): JsonObject {
  const bare = id.startsWith("arn:") ? id.slice(id.lastIndexOf("/") + 1) : id;
  const found = desk.list().find(([model]) => model.id === bare);
  if (bare === "") throw invalid("The provided model identifier is invalid.");
  if (found) return { modelDetails: summary(found[0], found[1], region) };
  throw new BedrockException("ResourceNotFoundException", {
    message: "Could not resolve the foundation model from the provided model identifier.",
  });
}

/** The ARN of a foundation model; it has no account. */
export function modelArn({ id }: Model, region: string): string {
  return `arn:aws:bedrock:${region}::foundation-model/${id}`;
}

function summary(model: Model, status: ModelStatus, region: string): JsonObject {
  const { id, name, media, profiles, isOnDemand } = model;
  const inputs = media.filter((medium) => medium !== "document").map((each) => each.toUpperCase());
  return {
    customizationsSupported: [],
    inferenceTypesSupported: [
      ...(isOnDemand ? ["ON_DEMAND"] : []),
      ...(profiles.length > 0 ? ["INFERENCE_PROFILE"] : []),
    ],
    inputModalities: ["TEXT", ...inputs],
    modelArn: modelArn(model, region),
    modelId: id,
    modelLifecycle: lifecycle(model, status),
    modelName: name,
    outputModalities: ["TEXT"],
    providerName: makerNames[makerOf(id)] ?? makerOf(id),
    responseStreamingSupported: true,
  };
}

/** A LEGACY model became so half a year before its end, the least that AWS promises. */
function lifecycle({ endOfLife }: Model, status: ModelStatus): JsonObject {
  if (status !== "LEGACY" || endOfLife === undefined) {
    return { startOfLifeTime: startOfLife, status };
  }
  const endMs = Date.parse(endOfLife);
  return {
    endOfLifeTime: new Date(endMs).toISOString(),
    legacyTime: new Date(endMs - 180 * dayMs).toISOString(),
    startOfLifeTime: startOfLife,
    status,
  };
}
