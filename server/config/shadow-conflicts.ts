import type { Settings } from "./settings.ts";

/**
 * What is wrong with the providers of shadow mode, in words for the operator. `configured` are the providers that have
 * what they need to be asked.
 */
export function shadowConflicts(
  settings: Settings,
  configured: ReadonlySet<string>,
): readonly string[] {
  const { shadowMode, primaryProvider: primary, shadowProvider: shadow } = settings;
  const found = configuredProblem("LLM_PRIMARY_PROVIDER", primary, configured);
  if (!shadowMode) return found;
  if (shadow === undefined) {
    found.push(
      "LLM_SHADOW_MODE needs LLM_SHADOW_PROVIDER beside it: the provider that answers unseen. Set it, or switch shadow mode off.",
    );
  } else if (shadow === primary) {
    found.push(
      `LLM_PRIMARY_PROVIDER and LLM_SHADOW_PROVIDER are both ${shadow}. The shadow is another provider; LLM_SHADOW_SELF_SHARE compares the primary with itself.`,
    );
  } else if (configured.has(shadow) && configured.size === 1) {
    found.push(
      `LLM_SHADOW_PROVIDER is ${shadow}, and no other provider is configured that it could stand beside.`,
    );
  }
  return [...found, ...configuredProblem("LLM_SHADOW_PROVIDER", shadow, configured)];
}

const remedies: Readonly<Record<string, string>> = {
  bedrock: "LLM_BEDROCK_REGION",
  openai: "OPENAI_API_KEY",
};

function configuredProblem(
  name: string,
  provider: string | undefined,
  configured: ReadonlySet<string>,
): string[] {
  if (provider === undefined || configured.has(provider)) return [];
  const remedy = remedies[provider] ?? "what it needs";
  return [`${name} is ${provider}, which is not configured. Set ${remedy}, or name another one.`];
}
