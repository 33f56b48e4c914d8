import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { foundationIds, type ModelInUse } from "../model-in-use.ts";
import { bedrockPage } from "../rules.ts";

/** What the check needs. */
export interface ModelAccessOptions {
  readonly aws: Pick<AwsClients, "bedrock">;
  readonly region: string;
  /** Those of the region. */
  readonly models: readonly ModelInUse[];
}

/** Whether the account may call each model: agreement, authorization, entitlement, region. */
export function modelAccessCheck({ aws, region, models }: ModelAccessOptions): Check {
  return {
    id: "model-access",
    group: "Models",
    title: "The account has access to every model",
    subject: region,
    rules: [bedrockPage("access to foundation models", "model-access")],
    async run(ask) {
      const bedrock = await aws.bedrock(region);
      const answers = await Promise.all(
        foundationIds(models).map(async (modelId) => ({
          modelId,
          answer: await ask("bedrock:GetFoundationModelAvailability", (options) =>
            bedrock.getFoundationModelAvailability({ modelId }, options),
          ),
        })),
      );
      const { modelSummaries = [] } = await ask("bedrock:ListFoundationModels", (options) =>
        bedrock.listFoundationModels({}, options),
      );
      const ways = new Map(
        modelSummaries.map((each) => [each.modelId ?? "", each.inferenceTypesSupported ?? []]),
      );
      const lacks = answers.map(({ modelId, answer }) => ({ modelId, lacking: lackingIn(answer) }));
      return conclude(
        "Every model can be called by this account.",
        [
          ...lacks.flatMap(({ modelId, lacking }) =>
            lacking.length === 0 ? [] : [problem(modelId, region, lacking)],
          ),
          ...models.flatMap((model) => profileNeeded(model, ways.get(model.foundationId ?? ""))),
        ],
        lacks.map(({ modelId, lacking }) => ({
          name: modelId,
          value: lacking.length === 0 ? "available" : `lacking: ${lacking.join(", ")}`,
        })),
      );
    },
  };
}

/** Newer models are sold through inference profiles alone; AWS refuses calls of their own ids. */
function profileNeeded(
  { calledId, profileId, region }: ModelInUse,
  ways: readonly string[] | undefined,
): readonly Problem[] {
  if (!ways || ways.includes("ON_DEMAND") || profileId !== undefined) return [];
  if (calledId.startsWith("arn:")) return [];
  return [
    {
      verdict: "fail",
      reason: `${calledId} cannot be called by its own id in ${region}: AWS wants one of its inference profiles.`,
      remedy: `aws bedrock list-inference-profiles --region ${region} (and name the profile, such as us.${calledId})`,
    },
  ];
}

/** The members of GetFoundationModelAvailability's answer. */
interface Availability {
  readonly agreementAvailability?: { readonly status?: string | undefined } | undefined;
  readonly authorizationStatus?: string | undefined;
  readonly entitlementAvailability?: string | undefined;
  readonly regionAvailability?: string | undefined;
}

function lackingIn(answer: Availability): readonly string[] {
  return [
    ...(answer.agreementAvailability?.status === "AVAILABLE" ? [] : ["agreement"]),
    ...(answer.authorizationStatus === "AUTHORIZED" ? [] : ["authorization"]),
    ...(answer.entitlementAvailability === "AVAILABLE" ? [] : ["entitlement"]),
    ...(answer.regionAvailability === "AVAILABLE" ? [] : ["region"]),
  ];
}

function problem(modelId: string, region: string, lacking: readonly string[]): Problem {
  const remedy = lacking.includes("agreement")
    ? `aws bedrock list-foundation-model-agreement-offers --region ${region} --model-id ${modelId} (then create-foundation-model-agreement with its offer token)`
    : `aws bedrock get-foundation-model-availability --region ${region} --model-id ${modelId}`;
  return {
    verdict: "fail",
    reason: `${modelId} cannot be called in ${region}: ${lacking.join(", ")} lacking.`,
    remedy,
  };
}
