import type { Check } from "../check.ts";
import { conclude, evidence } from "../findings.ts";
import { hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface AuditRetentionOptions {
  readonly retentionDays: number;
}

/** Seven years of 365 days, as the setup guide has it; the law asks for six. */
const wantedDays = 2555;
const lawfulDays = 2192;

/** Whether the audit log is kept as long as it has to be. */
export function auditRetentionCheck({ retentionDays }: AuditRetentionOptions): Check {
  return {
    id: "audit-retention",
    group: "This gateway",
    title: `The audit log is kept for ${wantedDays} days`,
    subject: "",
    rules: [hipaa("164.316(b)(2)(i)", "six years of retention"), pci("10.5.1", "retain logs")],
    async run() {
      const remedy = `Set AuditLogRetentionDays: ${wantedDays}`;
      const kept = `The audit log is kept for ${retentionDays} days`;
      const problem =
        retentionDays < lawfulDays
          ? ({ verdict: "fail", reason: `${kept}, which is less than six years.`, remedy } as const)
          : ({ verdict: "warn", reason: `${kept}: six years, and not seven.`, remedy } as const);
      return conclude(
        `${kept}.`,
        retentionDays < wantedDays ? [problem] : [],
        evidence({ AuditLogRetentionDays: retentionDays }),
      );
    },
  };
}
