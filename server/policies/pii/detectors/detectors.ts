import type { PiiEntity } from "../../../core/pii-entities.ts";
import type { Detector } from "../detector.ts";
import { abaRouting } from "./aba-routing.ts";
import { account } from "./account.ts";
import { creditCard } from "./credit-card.ts";
import { date } from "./date.ts";
import { dea } from "./dea.ts";
import { email } from "./email.ts";
import { healthPlan } from "./health-plan.ts";
import { iban } from "./iban.ts";
import { ipAddress } from "./ip-address.ts";
import { license } from "./license.ts";
import { mbi } from "./mbi.ts";
import { mrn } from "./mrn.ts";
import { npi } from "./npi.ts";
import { createPhone } from "./phone.ts";
import { ssn } from "./ssn.ts";
import { url } from "./url.ts";
import { usItin } from "./us-itin.ts";
import { vin } from "./vin.ts";
import { zip } from "./zip.ts";

/** Makes the detector of an entity; `defaultRegion` is where telephone numbers without a country code are from. */
export function createDetector(entity: PiiEntity, defaultRegion: string): Detector {
  return entity === "PHONE" ? createPhone(defaultRegion) : detectors[entity];
}

const detectors: Record<Exclude<PiiEntity, "PHONE">, Detector> = {
  CREDIT_CARD: creditCard,
  SSN: ssn,
  US_ITIN: usItin,
  EMAIL: email,
  IBAN: iban,
  MBI: mbi,
  NPI: npi,
  DEA: dea,
  VIN: vin,
  MRN: mrn,
  HEALTH_PLAN: healthPlan,
  ACCOUNT: account,
  LICENSE: license,
  ABA_ROUTING: abaRouting,
  IP_ADDRESS: ipAddress,
  URL: url,
  DATE: date,
  ZIP: zip,
};
