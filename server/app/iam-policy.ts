import type { Configuration } from "../config/settings.ts";
import { type PolicyWishes, writePolicy } from "../doctor/iam/write-policy.ts";
import type { ModelInUse } from "../doctor/model-in-use.ts";
import { metricNamespace } from "../shadow/sinks/metrics.ts";

/** What somebody asked for besides what the configuration tells. */
export interface IamPolicyOptions {
  readonly settings: Configuration;
  readonly models: readonly ModelInUse[];
  readonly region: string;
  readonly accountId: string;
  readonly listsModels: boolean;
  readonly doctor: boolean;
}

/** IAM's limit of a managed policy, in characters that are no white space (AWS: IAM and AWS STS quotas). */
const largestPolicy = 6144;

/** The policy as JSON, and what whoever attaches it should know. */
export function printIamPolicy(options: IamPolicyOptions): {
  readonly policy: string;
  readonly notes: readonly string[];
} {
  const { settings, models } = options;
  const document = writePolicy(wishesOf(options));
  const policy = `${JSON.stringify(document, null, 2)}\n`;
  const size = JSON.stringify(document).length;
  const hidden = models.filter(({ calledId }) =>
    calledId.includes(":application-inference-profile/"),
  );
  return {
    policy,
    notes: [
      ...(models.length === 0 ? ["No model of Bedrock is configured: nothing may be called."] : []),
      ...hidden.map(
        ({ calledId }) =>
          `${calledId} does not tell its models: add the foundation-model ARNs that aws bedrock get-inference-profile lists.`,
      ),
      ...(size > largestPolicy
        ? [
            `The policy has ${size} characters, and IAM takes ${largestPolicy} in one managed policy: attach its statements as several.`,
          ]
        : []),
      ...(settings.keyGrants.size === 0 ||
      [...settings.keyGrants.values()].every(({ models }) =>
        models.every((each) => !each.includes("*")),
      )
        ? []
        : ["Keys are granted models by patterns; name those that are used with --model."]),
    ],
  };
}

function wishesOf(options: IamPolicyOptions): PolicyWishes {
  const { settings, ...others } = options;
  const { auditMode, shadowMode, shadowSink } = settings;
  const sendsMetrics = shadowMode && (shadowSink === "cloudwatch" || shadowSink === "both");
  return {
    ...others,
    guardrailId: settings.bedrockGuardrailId,
    ...(auditMode !== "off" && {
      kmsKeyId: settings.auditKmsKeyId,
      kmsSigningKeyId: settings.auditKmsSigningKeyId,
      exportUrl: settings.auditExportUrl,
    }),
    metricNamespace: sendsMetrics ? metricNamespace : undefined,
  };
}
