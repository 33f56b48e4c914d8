import { getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/min";
import { isDigitAt } from "../characters.ts";
import type { Detector } from "../detector.ts";
import { findInternational } from "./phone-international.ts";
import { findNational, regionOf } from "./phone-national.ts";
import { findNorthAmerican } from "./phone-north-american.ts";

/**
 * Telephone numbers: international ones anywhere, North American ones in their common shapes, and those of the default
 * region (ISO 3166-1 alpha-2) as people there write them.
 */
export function createPhone(defaultRegion: string): Detector {
  if (!isSupportedCountry(defaultRegion)) throw new Error(`no such region: ${defaultRegion}`);
  const isNorthAmerican = getCountryCallingCode(defaultRegion) === "1";
  const region = regionOf(defaultRegion);
  return {
    entity: "PHONE",
    canary: "call +44 20 7946 0958",
    find(subject, tell) {
      for (let group = 0; group < subject.starts.length; group++) {
        findInternational(subject, group, tell);
        findNorthAmerican(subject, group, tell);
        if (!isNorthAmerican) findNational(subject, group, region, tell);
      }
    },
    span: {
      // 15 digits in at most eight groups with at most three characters between them, a sign before and two behind.
      longest: 44,
      within: (unit) => phoneUnits.has(unit),
      startsAt: (text, position) => {
        const first = text[position];
        if (first === "+" || first === "(") return true;
        return isDigitAt(text, position) && !isDigitAt(text, position - 1);
      },
    },
  };
}

const phoneUnits = new Set([..."0123456789 -./()+"].map((character) => character.charCodeAt(0)));
