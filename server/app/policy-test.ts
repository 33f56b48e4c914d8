import type { Configuration } from "../config/settings.ts";
import { systemClock } from "../core/clock.ts";
import type { Way } from "../core/sighting.ts";
import { explainText } from "../policies/explain-text.ts";
import { createRuleBook } from "../policies/pii/rule-book.ts";
import { createScanner } from "../policies/pii/scanner.ts";
import { explanationJson, printExplanation } from "../policies/print-explanation.ts";
import { createOfflinePolicies } from "./offline-policies.ts";

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
  const { policiesFor } = createOfflinePolicies(settings);
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
