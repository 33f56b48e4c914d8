import type { Settings } from "./settings.ts";

/** Settings that are right one by one and wrong together, in words for the operator. Empty when there are none. */
export function conflictsIn(settings: Settings): readonly string[] {
  const { bedrockGuardrailId: id, bedrockGuardrailVersion: version } = settings;
  const found: string[] = [];
  if (id !== undefined && version === undefined) {
    found.push(
      "LLM_BEDROCK_GUARDRAIL_ID needs LLM_BEDROCK_GUARDRAIL_VERSION beside it: a number, or DRAFT.",
    );
  }
  if (version !== undefined && id === undefined) {
    found.push("LLM_BEDROCK_GUARDRAIL_VERSION needs LLM_BEDROCK_GUARDRAIL_ID beside it.");
  }
  return found;
}

/** Whether Bedrock is wanted: said, or shown by a region or a model. */
export function wantsBedrock(settings: Settings): boolean {
  const { bedrockEnabled, bedrockRegion, bedrockModel } = settings;
  return bedrockEnabled ?? Boolean(bedrockRegion || bedrockModel);
}
