import type { Check } from "../check.ts";
import { conclude } from "../findings.ts";
import { hipaa, pci } from "../rules.ts";

/** A made-up datum that was sent through the gateway's own policies, on its way to a model. */
export interface Canary {
  readonly entity: string;
  /** What became of it; `passed` means that a model would have seen it. */
  readonly outcome: "redacted" | "blocked" | "passed";
}

/** What the check needs. */
export interface PersonalDataOptions {
  /** Sends the canaries; rejects where the policies cannot be used. */
  readonly sendCanaries: () => Promise<readonly Canary[]>;
}

const remedy = `Add to the configuration:
policies:
  - name: pii-filter
    type: content_filter
    filters:
      - type: pii_detection
        action: redact
        entities: [SSN, CREDIT_CARD, EMAIL, PHONE]`;

/** Whether the policies keep the guide's four kinds of personal data from models, shown by data that look real. */
export function personalDataCheck({ sendCanaries }: PersonalDataOptions): Check {
  return {
    id: "personal-data",
    group: "This gateway",
    title: "Personal data does not reach a model",
    subject: "",
    rules: [
      hipaa("164.502(b)", "minimum necessary"),
      hipaa("164.514(b)(2)", "identifiers that are removed"),
      pci("3.4", "access to displays of full PAN is restricted"),
    ],
    async run() {
      const canaries = await sendCanaries();
      const passed = canaries.filter(({ outcome }) => outcome === "passed");
      const names = passed.map(({ entity }) => entity).join(", ");
      return conclude(
        "Made-up data of all four kinds was sent through the policies, and none reached the model.",
        passed.length > 0
          ? [{ verdict: "fail", reason: `A model would have seen: ${names}.`, remedy }]
          : [],
        canaries.map(({ entity, outcome }) => ({ name: entity, value: outcome })),
      );
    },
  };
}
