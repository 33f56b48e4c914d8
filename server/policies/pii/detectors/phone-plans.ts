import metadata from "libphonenumber-js/min/metadata";

/**
 * Whether some country with this number's country code has numbers of this form. Takes digits only, country code first.
 * Goes by libphonenumber's general patterns: its parser takes ten microseconds for each number, which a text full of
 * numbers could hold up the gateway with.
 */
export function isInPlan(digits: string): boolean {
  for (let length = 1; length <= 3; length++) {
    const plan = plans.get(digits.slice(0, length));
    if (plan) return plan.test(digits.slice(length));
  }
  return false;
}

/** By country code; several countries may share one. Where in the metadata things stand, its METADATA.md says. */
const plans: ReadonlyMap<string, RegExp> = new Map(
  [...patternsByCode()].map(([code, patterns]) => [
    code,
    new RegExp(`^(?:${[...patterns].join("|")})$`),
  ]),
);

function patternsByCode(): Map<string, Set<string>> {
  const patterns = new Map<string, Set<string>>();
  const { countries, nonGeographic = {} } = metadata as unknown as Metadata;
  for (const [code, , pattern] of [...Object.values(countries), ...Object.values(nonGeographic)]) {
    patterns.set(code, (patterns.get(code) ?? new Set()).add(pattern));
  }
  return patterns;
}

/** Country code, prefix for calls abroad, and pattern of the national number; the rest is not needed. */
type Plan = readonly [code: string, prefix: unknown, pattern: string];

interface Metadata {
  readonly countries: Readonly<Record<string, Plan>>;
  readonly nonGeographic?: Readonly<Record<string, Plan>>;
}
