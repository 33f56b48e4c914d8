import type { EntityRule, PiiRules, PoliciesFor } from "../call-policies.ts";
import type { Scanner } from "./scan.ts";

/** What is looked for on one way of a call, and what is done about it. */
export interface PiiSide {
  readonly scanner: Scanner;
  readonly rules: ReadonlyMap<string, EntityRule>;
}

/** Both ways of a call; undefined where nothing is looked for. */
export interface PiiSides {
  readonly request: PiiSide | undefined;
  readonly response: PiiSide | undefined;
  /** Whether any value may get a token. */
  readonly pseudonymizes: boolean;
}

/** What holds for a call, ready to be used; undefined where no policy looks for personal data. */
export type RuleBook = (call: Parameters<PoliciesFor>[0]) => PiiSides | undefined;

/** Makes the scanner for these entities. */
export type MakeScanner = (options: {
  readonly entities: readonly string[];
  readonly defaultRegion: string;
}) => Scanner;

/** Prepares each set of rules once. A configuration has few different ones, so their scanners are kept for good. */
export function createRuleBook(policiesFor: PoliciesFor, makeScanner: MakeScanner): RuleBook {
  const known = new WeakMap<PiiRules, PiiSides>();
  const scanners = new Map<string, Scanner>();

  const scannerFor = (entities: readonly string[], defaultRegion: string): Scanner => {
    const name = [defaultRegion, ...entities.toSorted()].join(" ");
    const scanner = scanners.get(name) ?? makeScanner({ entities, defaultRegion });
    scanners.set(name, scanner);
    return scanner;
  };
  const sideOf = (rules: PiiRules["request"], defaultRegion: string): PiiSide | undefined =>
    rules.size === 0 ? undefined : { rules, scanner: scannerFor([...rules.keys()], defaultRegion) };
  const prepare = ({ request, response, defaultRegion }: PiiRules): PiiSides => {
    const all = [...request.values(), ...response.values()];
    return {
      request: sideOf(request, defaultRegion),
      response: sideOf(response, defaultRegion),
      pseudonymizes: all.some(({ action }) => action === "pseudonymize"),
    };
  };

  return (call) => {
    const rules = policiesFor(call).pii;
    if (!rules) return undefined;
    const sides = known.get(rules) ?? prepare(rules);
    known.set(rules, sides);
    return sides;
  };
}
