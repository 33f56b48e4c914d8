import { auditConflicts } from "./audit-conflicts.ts";
import type { Settings } from "./settings.ts";
import { shadowConflicts } from "./shadow-conflicts.ts";
import { transportConflicts } from "./transport-conflicts.ts";

/** Settings that are right one by one and wrong together, in words for the operator. Empty when there are none. */
export function conflictsIn(settings: Settings): readonly string[] {
  const { bedrockGuardrailId: id, bedrockGuardrailVersion: version } = settings;
  const found: string[] = [];
  if (id !== undefined && version === undefined) {
    found.push(
      "LLM_BEDROCK_GUARDRAIL_ID needs LLM_BEDROCK_GUARDRAIL_VERSION beside it: a number, or DRAFT.",
    );
  }
  if (version !== undefined && id === undefined) {
    found.push("LLM_BEDROCK_GUARDRAIL_VERSION needs LLM_BEDROCK_GUARDRAIL_ID beside it.");
  }
  return [
    ...found,
    ...transportConflicts(settings),
    ...failoverConflicts(settings),
    ...weightConflicts(settings),
    ...shadowConflicts(settings, configuredProviders(settings)),
    ...auditConflicts(settings),
  ];
}

/** A share of the calls that goes to nobody would fail. */
function weightConflicts(settings: Settings): string[] {
  const remedies = new Map<string, string>();
  if (!wantsBedrock(settings)) remedies.set("bedrock", "Set LLM_BEDROCK_REGION");
  if (!settings.openaiApiKey) remedies.set("openai", "Set OPENAI_API_KEY");
  return [...(settings.routingWeights?.keys() ?? [])].flatMap((provider) => {
    const remedy = remedies.get(provider);
    if (!remedy) return [];
    return `LLM_ROUTING_WEIGHTS (routing_weights) names ${provider}, which is not configured. ${remedy}, or leave ${provider} out.`;
  });
}

/** A gateway behind a VPC endpoint must not fail over to the internet, nor to the same place again. */
function failoverConflicts(settings: Settings): string[] {
  const { bedrockFailoverRegions: regions, bedrockFailoverEndpointUrl: url } = settings;
  const { bedrockRegion, bedrockEndpointUrl } = settings;
  const found: string[] = [];
  if (regions.length === 0) {
    return url === undefined
      ? []
      : ["LLM_BEDROCK_FAILOVER_ENDPOINT_URL needs LLM_BEDROCK_FAILOVER_REGION beside it."];
  }
  if (regions.includes(bedrockRegion ?? "") || new Set(regions).size < regions.length) {
    found.push("LLM_BEDROCK_FAILOVER_REGION names a region twice, or the first region again.");
  }
  if (url !== undefined && regions.length > 1 && !url.includes("{region}")) {
    found.push(
      "LLM_BEDROCK_FAILOVER_ENDPOINT_URL is one URL for several regions. Put {region} into it where the region stands.",
    );
  }
  const isCustom = bedrockEndpointUrl !== undefined && !bedrockEndpointUrl.includes("{region}");
  if (url === undefined && isCustom) {
    found.push(
      "LLM_BEDROCK_ENDPOINT_URL is of one region, and LLM_BEDROCK_FAILOVER_REGION would be asked over the internet. Set LLM_BEDROCK_FAILOVER_ENDPOINT_URL, or put {region} into LLM_BEDROCK_ENDPOINT_URL.",
    );
  }
  return found;
}

function configuredProviders(settings: Settings): ReadonlySet<string> {
  const { openaiApiKey } = settings;
  return new Set([
    ...(wantsBedrock(settings) ? ["bedrock"] : []),
    ...(openaiApiKey === undefined ? [] : ["openai"]),
  ]);
}

/** Whether Bedrock is wanted: said, or shown by a region or a model. */
export function wantsBedrock(settings: Settings): boolean {
  const { bedrockEnabled, bedrockRegion, bedrockModel } = settings;
  return bedrockEnabled ?? Boolean(bedrockRegion || bedrockModel);
}
