/**
 * Every kind of personal data that there is a detector for, in the order in which they take precedence where two findings
 * have the same place and length.
 */
export const piiEntities = [
  "CREDIT_CARD",
  "SSN",
  "US_ITIN",
  "EMAIL",
  "PHONE",
  "IBAN",
  "MBI",
  "NPI",
  "DEA",
  "VIN",
  "MRN",
  "HEALTH_PLAN",
  "ACCOUNT",
  "LICENSE",
  "ABA_ROUTING",
  "IP_ADDRESS",
  "URL",
  "DATE",
  "ZIP",
] as const;

/** The name of a kind of personal data, as policies and labels have it. */
export type PiiEntity = (typeof piiEntities)[number];

/**
 * What is only looked for when a policy names it: either little but the words before it tells it from any other code or
 * number, or ordinary texts are full of it.
 */
export const piiEntitiesOnlyWhenNamed = [
  "MRN",
  "HEALTH_PLAN",
  "ACCOUNT",
  "LICENSE",
  "ABA_ROUTING",
  "IP_ADDRESS",
  "URL",
  "DATE",
  "ZIP",
] as const satisfies readonly PiiEntity[];
