import { BedrockException } from "../bedrock-exception.ts";
import { foundationModelId } from "../call-address.ts";
import type { Model } from "./model.ts";

/**
 * Which models answer: `guide` keeps every model active and on demand, as the setup guide has it;
 * `real` does what AWS does on the day that the emulator's clock shows.
 */
export const lifecycles = ["guide", "real"] as const;
export type Lifecycle = (typeof lifecycles)[number];

/** The life of a model on a day, as the control plane tells it. */
export type ModelStatus = "ACTIVE" | "LEGACY" | "ENDED";

/** A model's status; a model of the past has `ENDED` and is in no list. */
export function modelStatus(model: Model, lifecycle: Lifecycle, nowMs: number): ModelStatus {
  if (lifecycle === "guide") return "ACTIVE";
  const hasEnded = model.endOfLife !== undefined && Date.parse(model.endOfLife) <= nowMs;
  if (hasEnded) return "ENDED";
  return model.isLegacy ? "LEGACY" : "ACTIVE";
}

/** Refuses a call that the model, under the id it is called by, does not take in real life. */
export function checkCallable(
  model: Model,
  calledId: string,
  lifecycle: Lifecycle,
  nowMs: number,
): void {
  if (lifecycle === "guide") return;
  if (modelStatus(model, lifecycle, nowMs) === "ENDED") {
    throw new BedrockException("ResourceNotFoundException");
  }
  const name = calledId.startsWith("arn:")
    ? calledId.slice(calledId.lastIndexOf("/") + 1)
    : calledId;
  const isBare = name === foundationModelId(name);
  if (isBare && !model.isOnDemand) {
    throw new BedrockException("ValidationException", {
      message: `Invocation of model ID ${calledId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    });
  }
  if (!isBare && !model.profiles.includes(name.slice(0, name.indexOf(".")))) {
    throw new BedrockException("ValidationException", {
      message: "The provided model identifier is invalid.",
    });
  }
}
