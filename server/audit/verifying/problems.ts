import type { AuditProblem } from "../../core/audit-reading.ts";

/** What was found, as far as anybody will read it. */
export interface Problems {
  readonly list: readonly AuditProblem[];
  /** How many there were, those that are not in the list too. */
  readonly count: number;
  add(problem: AuditProblem): void;
}

/** Keeps the first thousand. */
export function createProblems(most = 1000): Problems {
  const list: AuditProblem[] = [];
  let count = 0;
  return {
    list,
    get count() {
      return count;
    },
    add(problem) {
      count += 1;
      if (list.length < most) list.push(problem);
    },
  };
}
