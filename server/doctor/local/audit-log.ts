import { AskFailure, failureName } from "../aws/ask-failure.ts";
import type { Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { hipaa, pci } from "../rules.ts";

/** What a verification of the log found. */
export interface AuditVerification {
  readonly isWhole: boolean;
  readonly records: number;
  readonly chains: number;
  /** Records that no checkpoint covers yet. */
  readonly unsigned: number;
  /** The first of them in words. */
  readonly problems: readonly string[];
  readonly problemCount: number;
}

/** What the check needs. */
export interface AuditLogOptions {
  readonly mode: "compliance" | "performance" | "off";
  /** Undefined while no log has been written. */
  readonly verifyAudit: (signal: AbortSignal) => Promise<AuditVerification | undefined>;
}

const shownProblems = 5;

/** Whether every call is on record before it is answered, and the record is as it was written. */
export function auditLogCheck({ mode, verifyAudit }: AuditLogOptions): Check {
  return {
    id: "audit-log",
    group: "This gateway",
    title: "The audit log is kept and whole",
    subject: "",
    rules: [
      hipaa("164.312(b)", "audit controls"),
      hipaa("164.312(c)(1)", "integrity"),
      pci("10.3.4", "changes of audit logs are noticed"),
    ],
    async run(ask) {
      if (mode === "off") return conclude("", [off], evidence({ AuditMode: mode }));
      const behind = mode === "performance" ? [writesBehind] : [];
      let found: AuditVerification | undefined;
      try {
        found = await ask("audit:verify", ({ abortSignal }) => verifyAudit(abortSignal));
      } catch (error) {
        const name = error instanceof AskFailure ? failureName(error.cause) : "Error";
        return conclude("", [...behind, closed(name)], evidence({ AuditMode: mode }));
      }
      if (!found) return conclude("", [...behind, empty], evidence({ AuditMode: mode }));
      const shown = found.problems.slice(0, shownProblems).join(" ");
      return conclude(
        `${found.records} records in ${found.chains} chains are as they were written.`,
        found.isWhole
          ? behind
          : [
              ...behind,
              {
                verdict: "fail" as const,
                reason: `The log is not as it was written (${found.problemCount} problems): ${shown}`,
                remedy: "axonflow audit verify",
              },
            ],
        evidence({
          AuditMode: mode,
          records: found.records,
          chains: found.chains,
          "records without a signature yet": found.unsigned,
          problems: found.problemCount,
        }),
      );
    },
  };
}

function closed(name: string): Problem {
  const reason = `The audit log cannot be read from here (${name}).`;
  return {
    verdict: "unknown",
    reason,
    remedy: "Run axonflow doctor where the gateway runs, as its user.",
  };
}

const off = {
  verdict: "fail",
  reason: "No audit log is kept.",
  remedy: "Set AXONFLOW_AUDIT_MODE=compliance",
} as const;

const writesBehind = {
  verdict: "warn",
  reason: "In performance mode a call is answered before it is on record.",
  remedy: "Set AXONFLOW_AUDIT_MODE=compliance",
} as const;

const empty = {
  verdict: "unknown",
  reason: "There is no audit log here yet: nothing to verify.",
  remedy: "Run axonflow doctor where the gateway's data directory or database is.",
} as const;
