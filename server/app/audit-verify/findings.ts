import type { AuditReport } from "../../core/audit-reading.ts";
import type { Decrypted } from "./decrypted.ts";

/** What kind of a copy was looked at. */
export interface LookedAtCopy {
  /** Whether it was made of all that there was, and not of some time or segment. */
  readonly isOfAll: boolean;
  readonly isCutOff: boolean;
}

/** What a look at a log, or at a copy of one, found. */
export interface AuditFindings {
  /** The log's place, for people. */
  readonly where: string;
  readonly report: AuditReport;
  /** Undefined where the log itself was looked at. */
  readonly copy: LookedAtCopy | undefined;
  /** Public keys that were given; 0: the log's own were believed. */
  readonly trustedKeys: number;
  /** Checkpoints that were kept elsewhere, and compared. */
  readonly anchors: number;
  /** Undefined where records were not to be read. */
  readonly decrypted: Decrypted | undefined;
}

/** Whether all of the log is as it was written, and what was to be read could be. */
export function isFound(findings: AuditFindings): boolean {
  const { report, decrypted } = findings;
  return report.isWhole && (decrypted?.unreadable.length ?? 0) === 0;
}

/** Whether nothing is wrong but that a copy has no end. */
export function isOnlyCutOff({ report, copy }: AuditFindings): boolean {
  return (copy?.isCutOff ?? false) && report.problemCount === 1;
}
