import type { PiiEntity } from "../../../core/pii-entities.ts";
import type { Detector } from "../detector.ts";
import { creditCard } from "./credit-card.ts";
import { email } from "./email.ts";
import { createPhone } from "./phone.ts";
import { ssn } from "./ssn.ts";

/** Makes the detector of an entity; `defaultRegion` is where telephone numbers without a country code are from. */
export function createDetector(entity: PiiEntity, defaultRegion: string): Detector {
  const detector = entity === "PHONE" ? createPhone(defaultRegion) : detectors[entity];
  if (detector === undefined) throw new Error(`no detector of ${entity}`);
  return detector;
}

const detectors: Partial<Record<Exclude<PiiEntity, "PHONE">, Detector>> = {
  CREDIT_CARD: creditCard,
  SSN: ssn,
  EMAIL: email,
};
