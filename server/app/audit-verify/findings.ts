import type { AuditReport } from "../../core/audit-reading.ts";
import type { Decrypted } from "./decrypted.ts";

/** What a look at a log found. */
export interface AuditFindings {
  /** The log's place, for people. */
  readonly where: string;
  readonly report: AuditReport;
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
