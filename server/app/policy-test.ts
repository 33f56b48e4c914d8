import type { Configuration } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import type { Way } from "../core/sighting.ts";
import { explainText } from "../policies/explain-text.ts";
import { createRuleBook } from "../policies/pii/rule-book.ts";
import { createScanner } from "../policies/pii/scanner.ts";
import { explanationJson, printExplanation } from "../policies/print-explanation.ts";
import { createCatalogue } from "../routing/catalogue.ts";
import { noTelemetry } from "../telemetry/telemetry.ts";
import { guideModel } from "./guide-model.ts";
import { createPolicyLayers } from "./policies.ts";

/** A text, and whose call it would be in. Everything that is empty stands for what nobody named. */
export interface PolicyTest {
  readonly text: string;
  readonly way: Way;
  readonly key: string;
  readonly tenant: string;
  readonly model: string;
  readonly asJson: boolean;
}

/** What the policies of a configuration would make of a text, in words or as JSON, and whether it would pass. */
export async function testPolicies(
  settings: Configuration,
  { text, way, key, tenant, model, asJson }: PolicyTest,
): Promise<{ readonly passes: boolean; readonly said: string }> {
  const policiesFor = policiesForOf(settings);
  const granted = settings.keyGrants.get(key);
  const owner = tenant || granted?.tenant;
  const principal = { name: key || "nobody", tenant: owner, grants: granted };
  const question = { text, way, principal, model };
  const ruleBook = createRuleBook(policiesFor, createScanner);
  const explanation = await explainText(question, { policiesFor, ruleBook, clock: systemClock });
  const said = asJson
    ? `${JSON.stringify(explanationJson(explanation), null, 2)}\n`
    : printExplanation(question, explanation);
  return { passes: explanation.refusal === undefined, said };
}

/** No provider is asked anything, so it does not matter which regions there are. */
function policiesForOf(settings: Configuration) {
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
  return createPolicyLayers({ settings, policies, defaultModels, catalogue, clock, telemetry })
    .policiesFor;
}
