import type { Finding, Scanner } from "../../server/policies/pii/scan.ts";

/**
 * A scanner that is easy to follow: it looks at runs of characters without white space, quotes and brackets. `x@y` is an
 * EMAIL, `123-45-6789` an SSN, and so are nine digits with "ssn" in the twelve characters before.
 */
export const runScanner: Scanner = {
  contextLength: 12,
  scan(text, from = 0) {
    return [...text.matchAll(runs)].flatMap(({ 0: run, index }): Finding[] => {
      if (index < from) return [];
      const entity = entityOf(run, text.slice(Math.max(0, index - 12), index));
      return entity === undefined ? [] : [{ entity, start: index, end: index + run.length }];
    });
  },
  settledBefore(text) {
    const [last = ""] = /[^\s"'{}[\],:⟦⟧]*$/u.exec(text) ?? [];
    return text.length - last.length;
  },
};

const runs = /[^\s"'{}[\],:⟦⟧]+/gu;

function entityOf(run: string, before: string): string | undefined {
  if (/^[a-z.]+@[a-z.]+$/.test(run)) return "EMAIL";
  if (/^\d{3}-\d{2}-\d{4}$/.test(run)) return "SSN";
  return /^\d{9}$/.test(run) && before.includes("ssn") ? "SSN" : undefined;
}
