import { BedrockException } from "../bedrock-exception.ts";
import { anthropic } from "./anthropic.ts";
import type { Family } from "./family.ts";

/** All families the emulator speaks for; a new one is a file and a word here. */
const families: readonly Family[] = [anthropic];

/** Finds the family of a foundation model id; an id nobody serves is a ValidationException. */
export function findFamily(modelId: string): Family {
  const family = families.find((candidate) => candidate.serves(modelId));
  if (family) return family;
  throw new BedrockException("ValidationException", {
    message: "The provided model identifier is invalid.",
  });
}
