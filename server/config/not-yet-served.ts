/** What the setup guide lets a YAML file say and this version does not do; ignoring it would promise what is not kept. */
export const notYetServedNames: ReadonlyMap<string, string> = new Map([
  ["policies", "policies"],
  ["AuditLogRetentionDays", "the audit log"],
]);

const notYetServedVariables = [
  "LLM_SHADOW_MODE",
  "LLM_PRIMARY_PROVIDER",
  "LLM_SHADOW_PROVIDER",
  "LLM_SHADOW_SAMPLE_RATE",
];

/**
 * The guide's environment variables that are set and have no effect yet. A file belongs to the gateway alone, so there
 * such a name is an error; an environment is shared, so here it is worth a warning.
 */
export function ignoredVariables(env: NodeJS.ProcessEnv): readonly string[] {
  return notYetServedVariables.filter((name) => env[name]);
}
