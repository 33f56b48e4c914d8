import type { DoctorReport } from "./report.ts";

/** 1: something fails. 3: with `strict`, something is unknown, which proves nothing. 0: else; warnings are no failure. */
export function exitStatus({ summary }: DoctorReport, strict: boolean): 0 | 1 | 3 {
  if (summary.fail > 0) return 1;
  return strict && summary.unknown > 0 ? 3 : 0;
}
