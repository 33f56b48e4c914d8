import { ConfigurationError } from "../config/configuration-error.ts";
import { wantsBedrock } from "../config/conflicts.ts";
import { type CheckedConfiguration, loadConfiguration } from "../config/load-configuration.ts";
import { unknownVariables } from "../config/unknown-variables.ts";
import { createOfflinePolicies } from "./offline-policies.ts";

/** What is to be checked. */
export interface ConfigQuestion {
  readonly file: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** What was found. Without problems the gateway can be started with it; notes are what its operator should know. */
export interface ConfigFindings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
  /** Undefined where there are problems. */
  readonly summary?: string;
}

/** Looks at a whole configuration as `axonflow serve` would, and asks nobody. */
export function checkConfiguration({ file, env }: ConfigQuestion): ConfigFindings {
  const notes = [...unknownVariables(env)];
  try {
    const checked = loadConfiguration({ flags: new Map(), env, file });
    notes.push(...createOfflinePolicies(checked.settings).warnings, ...missingKeys(checked));
    const problems = missingProvider(checked);
    return problems.length > 0
      ? { problems, notes }
      : { problems, notes, summary: summaryOf(checked) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: error.message.split("\n"), notes };
  }
}

/** On loopback a gateway can go without, so this is no problem by itself. */
function missingKeys({ licenseKeys, settings }: CheckedConfiguration): readonly string[] {
  if (licenseKeys.length > 0 || settings.clientCertificates.size > 0) return [];
  return [
    "There is no licence key. Set AXONFLOW_LICENSE_KEYS or AXONFLOW_LICENSE_KEYS_FILE, unless --insecure-no-auth is meant.",
  ];
}

function missingProvider({ settings }: CheckedConfiguration): readonly string[] {
  if (wantsBedrock(settings) || settings.openaiApiKey !== undefined) return [];
  return [
    "No provider is configured. Set LLM_BEDROCK_ENABLED=true and LLM_BEDROCK_REGION (or BedrockRegion in the file), or OPENAI_API_KEY.",
  ];
}

function summaryOf({ found, settings, licenseKeys }: CheckedConfiguration): string {
  const { length: policies } = settings.policies;
  const { length: keys } = licenseKeys;
  return [
    `${found.size} ${found.size === 1 ? "setting" : "settings"}`,
    `${policies} ${policies === 1 ? "policy" : "policies"}`,
    `${keys} ${keys === 1 ? "licence key" : "licence keys"}`,
  ].join(", ");
}
