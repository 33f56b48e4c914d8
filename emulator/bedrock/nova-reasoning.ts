import { isJsonObject } from "../json.ts";
import type { Prompt } from "../prompt.ts";
import { malformed } from "./validation.ts";

const efforts: readonly unknown[] = ["low", "medium", "high"];

/** Reads Nova 2's `reasoningConfig`: on or off, and how much effort at most. */
export function readNovaReasoning(
  value: unknown,
  facts: Prompt["facts"],
): Pick<Prompt, "isReasoning" | "facts"> {
  if (value === undefined) return { ...(facts && { facts }) };
  const { type, maxReasoningEffort: effort } = isJsonObject(value) ? value : {};
  if (type !== "enabled" && type !== "disabled") {
    throw malformed([`#/reasoningConfig/type: ${String(type)} is not a valid enum value`]);
  }
  if (effort !== undefined && !efforts.includes(effort)) {
    throw malformed([
      `#/reasoningConfig/maxReasoningEffort: ${String(effort)} is not a valid enum value`,
    ]);
  }
  return {
    isReasoning: type === "enabled",
    facts: { ...facts, thinking: type, ...(typeof effort === "string" && { effort }) },
  };
}
