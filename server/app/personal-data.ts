import { randomBytes } from "node:crypto";
import { ConfigurationError } from "../config/configuration-error.ts";
import type { Settings } from "../config/settings.ts";
import type { Call } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { Log } from "../core/log.ts";
import type { Policies } from "../core/policy.ts";
import type { ScreenedCall } from "../core/screened-call.ts";
import type { PoliciesFor } from "../policies/call-policies.ts";
import { checkCanaries } from "../policies/pii/canaries.ts";
import { createQuietScanner } from "../policies/pii/quiet-scanner.ts";
import { createRuleBook } from "../policies/pii/rule-book.ts";
import { policyForms } from "../policies/policy-forms.ts";
import { redactRequest } from "../policies/redact-request.ts";
import { redactResponse } from "../policies/redact-response.ts";
import { bodyLog } from "../telemetry/body-log.ts";
import { countSightings } from "../telemetry/sightings.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

/** The layers that take personal data out of texts, and the one between them that writes texts down. */
export interface PersonalDataLayers {
  readonly redactRequest: Layer<Call, ScreenedCall>;
  readonly bodyLog: Layer<ScreenedCall>;
  readonly redactResponse: Layer<ScreenedCall, Call>;
}

export interface PersonalDataOptions {
  readonly settings: Pick<Settings, "logLevel">;
  /** All that are configured: their detectors have to prove themselves before the first call. */
  readonly policies: Policies;
  readonly policiesFor: PoliciesFor;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** What tokens are made with where several gateways share answers; absent: a secret of this process. */
  readonly sharedSecret?: Buffer | undefined;
}

/**
 * What tokens are made with. One for the life of the process, whatever is reloaded: answers that are kept for their
 * repetition hold tokens.
 */
const ownSecret = randomBytes(32);

/** Makes the layers. Throws a ConfigurationError where a detector does not find what it is there for. */
export function createPersonalData(options: PersonalDataOptions): PersonalDataLayers {
  const { settings, policies, policiesFor, clock, log, telemetry } = options;
  const { sharedSecret: secret = ownSecret } = options;
  proveDetectors(policies);
  const ruleBook = createRuleBook(policiesFor, createQuietScanner);
  const onSighting = countSightings(telemetry);
  const isOn = settings.logLevel === "debug" || settings.logLevel === "trace";
  return {
    redactRequest: redactRequest({ ruleBook, secret, onSighting }),
    bodyLog: bodyLog({ log, isOn }),
    redactResponse: redactResponse({ clock, ruleBook, onSighting }),
  };
}

function proveDetectors(policies: Policies): void {
  for (const policy of policyForms(policies)) {
    if (policy.type !== "content_filter") continue;
    for (const filter of policy.filters) {
      if (filter.type !== "pii_detection") continue;
      const entities = filter.rules.map(({ entity }) => entity);
      const { defaultRegion } = filter;
      try {
        checkCanaries({ entities, defaultRegion });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ConfigurationError([`${policy.where}: ${policy.name} cannot be kept: ${why}.`]);
      }
    }
  }
}
