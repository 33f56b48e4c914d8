import type { PiiEntity } from "../../core/pii-entities.ts";

/** What a detector looks at before it calls something by its name, for who asks why. */
export const checks: Readonly<Record<PiiEntity, string>> = {
  CREDIT_CARD: "an issuer's first digits and lengths, and the check digit (Luhn)",
  SSN: "AAA-GG-SSSS with one separator and issued numbers only; nine bare digits by the words before",
  US_ITIN: "9XX with a group that the IRS gives out",
  EMAIL: "a local part, an @ and a domain, within their lengths",
  PHONE: "a number of its country's plan as libphonenumber has it, or of North America's form",
  IBAN: "its country's length, and the remainder of 97",
  MBI: "the places of letters and digits, without S L O I B Z",
  NPI: "ten digits with their check digit, by the words before",
  DEA: "two letters and seven digits with their check digit",
  VIN: "seventeen characters with their check digit",
  MRN: "a code, by the words before",
  HEALTH_PLAN: "a code, by the words before",
  ACCOUNT: "a number, by the words before",
  LICENSE: "a code, by the words before",
  ABA_ROUTING: "nine digits with their check sum (3-7-1)",
  IP_ADDRESS: "an address of IPv4 or IPv6",
  URL: "a scheme and a host",
  DATE: "a day in a common notation",
  ZIP: "a code of the United States, by what stands before",
};
