import type { Configuration } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import type { PoliciesFor } from "../policies/call-policies.ts";
import { createCatalogue } from "../routing/catalogue.ts";
import { noTelemetry } from "../telemetry/telemetry.ts";
import { guideModel } from "./guide-model.ts";
import { createPolicyLayers } from "./policies.ts";

/**
 * The policies of a configuration without a gateway: no provider is asked anything, so it does not matter which regions
 * there are. Throws a ConfigurationError where they cannot be used.
 */
export function createOfflinePolicies(settings: Configuration): {
  readonly policiesFor: PoliciesFor;
  readonly warnings: readonly string[];
} {
  const bedrockModel = settings.bedrockModel ?? guideModel;
  const defaultModels = new Map([
    ["bedrock", bedrockModel],
    ...(settings.openaiApiKey === undefined ? [] : [["openai", settings.openaiModel] as const]),
  ]);
  const { bedrockRegion = "us-east-1", modelOverrides: overrides, policies } = settings;
  const clock = systemClock;
  const catalogue = createCatalogue({
    regions: new Map([
      ["bedrock", [bedrockRegion]],
      ["openai", ["global"]],
    ]),
    defaultModel: defaultModels.get(settings.primaryProvider ?? "") ?? bedrockModel,
    clock,
    overrides,
  });
  const telemetry = noTelemetry;
  return createPolicyLayers({ settings, policies, defaultModels, catalogue, clock, telemetry });
}
