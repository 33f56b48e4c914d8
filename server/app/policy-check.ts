import type { Configuration } from "../config/settings.ts";
import { policySheet } from "../policies/policy-sheet.ts";
import { createOfflinePolicies } from "./offline-policies.ts";

/** A page about a configuration that can be served. Throws a ConfigurationError with all that is wrong with it. */
export function checkPolicies(settings: Configuration, file: string): string {
  const { policies, keyGrants } = settings;
  const { warnings } = createOfflinePolicies(settings);
  const counted = [
    plural(policies.length, "policy", "policies"),
    plural(keyGrants.size, "licence key with grants", "licence keys with grants"),
  ];
  const notes = warnings.map((warning) => `note: ${warning}\n`);
  return `${file}: ${counted.join(", ")}. Nothing is wrong.\n${notes.join("")}${policySheet(policies)}`;
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
