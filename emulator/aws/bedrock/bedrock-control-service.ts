import { describeModel, listModels } from "../../bedrock/foundation-models.ts";
import { describeProfile, listProfiles } from "../../bedrock/inference-profiles.ts";
import { createModelDesk } from "../../bedrock/model-desk.ts";
import { BedrockException } from "../../bedrock-exception.ts";
import { exceptionKind } from "../../exceptions.ts";
import type { JsonObject } from "../../json.ts";
import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsService } from "../aws-service.ts";
import { createRestJsonService, type RestOperation } from "../rest-json-service.ts";

/** Creates the emulated control plane of Bedrock: its listings, and what an account has settled. */
export function createBedrockControlService(account: AwsAccount, now: () => number): AwsService {
  const listing =
    (answer: typeof listModels | typeof describeModel): RestOperation =>
    (label, query, { region }) => {
      const { lifecycle, day } = account.bedrock;
      const desk = createModelDesk(lifecycle, () => (day ? Date.parse(day) : now()));
      return inAwsWords(() => answer({ query, region, desk }, label));
    };
  return createRestJsonService({
    name: "bedrock",
    operations: {
      "/foundation-models": ["ListFoundationModels", listing(listModels)],
      "/foundation-models/": ["GetFoundationModel", listing(describeModel)],
      "/inference-profiles": ["ListInferenceProfiles", listing(listProfiles)],
      "/inference-profiles/": ["GetInferenceProfile", listing(describeProfile)],
      "/foundation-model-availability/": [
        "GetFoundationModelAvailability",
        (modelId) => availability(account, modelId),
      ],
      "/logging/modelinvocations": [
        "GetModelInvocationLoggingConfiguration",
        (_label, _query, { region }) => {
          const loggingConfig = account.bedrock.invocationLogging[region];
          return loggingConfig ? { loggingConfig } : {};
        },
      ],
      "/data-retention": [
        "GetAccountDataRetention",
        (_label, _query, { region }) => ({
          mode: account.bedrock.dataRetention[region] ?? "inherit",
        }),
      ],
    },
  });
}

function availability({ bedrock }: AwsAccount, modelId: string): JsonObject {
  const lacks = bedrock.unavailable[modelId];
  return {
    modelId,
    agreementAvailability: { status: lacks === "agreement" ? "NOT_AVAILABLE" : "AVAILABLE" },
    authorizationStatus: lacks === "authorization" ? "NOT_AUTHORIZED" : "AUTHORIZED",
    entitlementAvailability: lacks === "entitlement" ? "NOT_AVAILABLE" : "AVAILABLE",
    regionAvailability: lacks === "region" ? "NOT_AVAILABLE" : "AVAILABLE",
  };
}

function inAwsWords(answer: () => JsonObject): JsonObject {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof BedrockException)) throw error;
    throw new AwsError(error.exception, error.message, exceptionKind(error.exception).status);
  }
}
