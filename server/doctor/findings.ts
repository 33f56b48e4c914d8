import type { Evidence, Finding, Verdict } from "./check.ts";

/** Something that is not as it should be, and what mends it. */
export interface Problem {
  readonly verdict: Exclude<Verdict, "pass">;
  readonly reason: string;
  readonly remedy?: string | undefined;
}

const severity: Readonly<Record<Verdict, number>> = { pass: 0, warn: 1, unknown: 2, fail: 3 };

/** The gravest of several verdicts; what is unknown is graver than a warning. */
export function gravest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (worst, each) => (severity[each] > severity[worst] ? each : worst),
    "pass",
  );
}

/** A pass where there are no problems, else the gravest of them, with all they say, the gravest first. */
export function conclude(
  good: string,
  problems: readonly Problem[],
  evidence: readonly Evidence[],
): Finding {
  const sorted = problems.toSorted((a, b) => severity[b.verdict] - severity[a.verdict]);
  const remedies = sorted.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy]));
  return {
    verdict: gravest(problems.map(({ verdict }) => verdict)),
    reason: sorted.length === 0 ? good : sorted.map(({ reason }) => reason).join(" "),
    evidence,
    remedies: [...new Set(remedies)],
  };
}

/** Evidence by name; what is undefined is told as not set. */
export function evidence(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): readonly Evidence[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: wordsOf(value) }));
}

function wordsOf(value: string | number | boolean | undefined): string {
  if (value === undefined || value === "") return "not set";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
