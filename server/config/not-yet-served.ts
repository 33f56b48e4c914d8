/** What the setup guide lets a YAML file say and this version does not do; ignoring it would promise what is not kept. */
export const notYetServedNames: ReadonlyMap<string, string> = new Map([
  ["AuditLogRetentionDays", "the audit log"],
]);
