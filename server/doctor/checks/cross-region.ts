import { AskFailure, failureName } from "../aws/ask-failure.ts";
import type { AwsClients } from "../aws/aws-clients.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import type { ModelInUse } from "../model-in-use.ts";
import { bedrockPage, hipaa } from "../rules.ts";

/** What the check needs. */
export interface CrossRegionOptions {
  readonly aws: Pick<AwsClients, "bedrock">;
  readonly region: string;
  /** Those of the region. */
  readonly models: readonly ModelInUse[];
  /** The configured patterns, such as `us-*`; empty when nothing is configured. */
  readonly allowedRegions: readonly string[];
  readonly isAllowed: (region: string) => boolean;
}

/** Whether every region that an inference profile may send a call to is one that the configuration allows. */
export function crossRegionCheck(options: CrossRegionOptions): Check {
  const { aws, region, models, allowedRegions } = options;
  const profiles = [...new Set(models.flatMap(({ profileId }) => profileId ?? []))];
  return {
    id: "cross-region",
    group: "Models",
    title: "Calls are served in allowed regions alone",
    subject: region,
    rules: [
      bedrockPage("cross-region inference", "cross-region-inference"),
      hipaa("164.308(a)(1)(ii)(A)", "risk analysis"),
    ],
    async run(ask) {
      const bedrock = profiles.length > 0 ? await aws.bedrock(region) : undefined;
      const found = await Promise.all(
        profiles.map(async (id) => {
          const regions = bedrock ? await destinations(ask, bedrock, id) : [];
          return { id, regions };
        }),
      );
      const allowed = allowedRegions.join(", ");
      return conclude(
        profiles.length === 0
          ? `No inference profile is used: calls are served in ${region}.`
          : `Every destination is within ${allowed}.`,
        [
          ...(options.isAllowed(region) ? [] : [outside(region)]),
          ...found.flatMap((each) => problems(each, options)),
        ],
        [
          { name: "allowed regions", value: allowed || "not set" },
          ...found.map(({ id, regions }) => ({
            name: id,
            value: regions?.join(", ") ?? "unknown",
          })),
        ],
      );
    },
  };
}

type BedrockClient = Awaited<ReturnType<AwsClients["bedrock"]>>;

/** Undefined where the region does not have the profile. */
async function destinations(
  ask: Ask,
  bedrock: BedrockClient,
  inferenceProfileIdentifier: string,
): Promise<readonly string[] | undefined> {
  try {
    const { models = [] } = await ask("bedrock:GetInferenceProfile", (options) =>
      bedrock.getInferenceProfile({ inferenceProfileIdentifier }, options),
    );
    // A global profile lists one ARN without a region.
    return models.map(({ modelArn = "" }) => modelArn.split(":")[3] || "any region");
  } catch (error) {
    const isMissing =
      error instanceof AskFailure && failureName(error.cause) === "ResourceNotFoundException";
    if (isMissing) return undefined;
    throw error;
  }
}

function problems(
  { id, regions }: { readonly id: string; readonly regions: readonly string[] | undefined },
  { allowedRegions, isAllowed, region }: CrossRegionOptions,
): readonly Problem[] {
  if (!regions) {
    const remedy = `aws bedrock list-inference-profiles --region ${region}`;
    return [{ verdict: "fail", reason: `${region} does not have the profile ${id}.`, remedy }];
  }
  if (allowedRegions.length === 0) {
    return [
      {
        verdict: "warn",
        reason: `${id} may send calls to ${regions.join(", ")}, and nothing says which regions are allowed.`,
        remedy: `Set AXONFLOW_ALLOWED_REGIONS to the regions that may see the data, for example ${regions.join(",")}.`,
      },
    ];
  }
  const forbidden = regions.filter((each) => !isAllowed(each));
  return forbidden.length === 0 ? [] : [forbiddenBy(id, forbidden)];
}

function forbiddenBy(id: string, regions: readonly string[]): Problem {
  return {
    verdict: "fail",
    reason: `${id} may send calls to ${regions.join(", ")}, which AllowedRegions does not allow.`,
    remedy: "Use the model's own id or a narrower profile, or allow those regions on purpose.",
  };
}

function outside(region: string): Problem {
  return {
    verdict: "fail",
    reason: `${region} itself is not among the allowed regions.`,
    remedy: "Change LLM_BEDROCK_REGION, LLM_BEDROCK_FAILOVER_REGION or AXONFLOW_ALLOWED_REGIONS.",
  };
}
