import type { Configuration } from "../config/settings.ts";
import type { Principal } from "../core/call.ts";
import { systemClock } from "../core/clock.ts";
import type { Canary } from "../doctor/local/personal-data.ts";
import { explainText } from "../policies/explain-text.ts";
import { createRuleBook } from "../policies/pii/rule-book.ts";
import { createScanner } from "../policies/pii/scanner.ts";
import { createOfflinePolicies } from "./offline-policies.ts";

/** Made-up data of the setup guide's four kinds, as people write them: numbers of tests and of films, and nobody's. */
const canaries = [
  { entity: "SSN", text: "My social security number is 123-45-6789.", value: "123-45-6789" },
  { entity: "CREDIT_CARD", text: "Charge 4111 1111 1111 1111.", value: "4111 1111 1111 1111" },
  { entity: "EMAIL", text: "Write to jane.doe@corp.example.", value: "jane.doe@corp.example" },
  { entity: "PHONE", text: "Call me on (212) 555-0187.", value: "(212) 555-0187" },
] as const;

/** Sends each canary through the real policies as a call of everybody: of a key that no policy names, and of each that is named. */
export async function sendCanaries(
  settings: Configuration,
  keyNames: readonly string[],
): Promise<readonly Canary[]> {
  const { policiesFor } = createOfflinePolicies(settings);
  const ruleBook = createRuleBook(policiesFor, createScanner);
  const callers: readonly Principal[] = [
    { name: "nobody" },
    ...keyNames.map((name) => {
      const grants = settings.keyGrants.get(name);
      return { name, ...(grants && { tenant: grants.tenant, grants }) };
    }),
  ];
  return Promise.all(
    canaries.map(async ({ entity, text, value }) => {
      const outcomes = await Promise.all(
        callers.map(async (principal) => {
          const question = { text, way: "request" as const, principal, model: "" };
          const { passes } = await explainText(question, {
            policiesFor,
            ruleBook,
            clock: systemClock,
          });
          if (passes === undefined) return "blocked";
          return passes.includes(value) ? "passed" : "redacted";
        }),
      );
      const worst = (["passed", "redacted"] as const).find((each) => outcomes.includes(each));
      return { entity, outcome: worst ?? "blocked" };
    }),
  );
}
