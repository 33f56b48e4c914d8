import type { ModelInUse } from "../model-in-use.ts";
import { doctorActions } from "./doctor-actions.ts";
import { callTargets, partitionOf } from "./model-arns.ts";
import type { PolicyDocument, PolicyStatement } from "./policy-document.ts";

/** What the gateway does with AWS. */
export interface PolicyWishes {
  /** Twelve digits, or what stands in their place. */
  readonly accountId: string;
  /** Where keys are that name no region. */
  readonly region: string;
  readonly models: readonly ModelInUse[];
  readonly guardrailId?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly kmsSigningKeyId?: string | undefined;
  /** `s3://bucket/prefix` */
  readonly exportUrl?: string | undefined;
  /** The namespace of metrics that the gateway sends itself. */
  readonly metricNamespace?: string | undefined;
  /** Whether it reads AWS's lists of models. */
  readonly listsModels?: boolean | undefined;
  /** Whether `axonflow doctor` is to run as this role. */
  readonly doctor?: boolean | undefined;
}

const invoke = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/** The least that a role needs for all of it. The same wishes give the same text, whatever their order. */
export function writePolicy(wishes: PolicyWishes): PolicyDocument {
  const statements = [
    ...invokeStatements(wishes),
    guardrailStatement(wishes),
    keyStatement(
      "EncryptAuditLog",
      ["kms:Decrypt", "kms:GenerateDataKey"],
      wishes.kmsKeyId,
      wishes,
    ),
    keyStatement("SignAuditLog", ["kms:GetPublicKey", "kms:Sign"], wishes.kmsSigningKeyId, wishes),
    exportStatement(wishes),
    metricStatement(wishes),
    wishes.listsModels
      ? allow(
          "ListModels",
          ["bedrock:ListFoundationModels", "bedrock:ListInferenceProfiles"],
          ["*"],
        )
      : undefined,
    wishes.doctor ? allow("Doctor", doctorActions, ["*"]) : undefined,
  ];
  return {
    Version: "2012-10-17",
    Statement: statements.filter((statement) => statement !== undefined),
  };
}

/** Models behind a profile may be called through it alone (AWS: prerequisites for inference profiles). */
function invokeStatements({ models, accountId }: PolicyWishes): readonly PolicyStatement[] {
  const targets = callTargets(models, accountId);
  const direct = targets.filter(({ profileArn }) => profileArn === undefined);
  const through = targets.filter(({ profileArn }) => profileArn !== undefined);
  const profiles = through.flatMap(({ profileArn }) => profileArn ?? []);
  const behind = through.flatMap(({ modelArns }) => modelArns);
  const arns = direct.flatMap(({ modelArns }) => modelArns);
  const condition = { StringEquals: { "bedrock:InferenceProfileArn": sorted(profiles) } };
  return [
    ...(arns.length > 0 ? [allow("InvokeModels", invoke, arns)] : []),
    ...(profiles.length > 0 ? [allow("InvokeProfiles", invoke, profiles)] : []),
    ...(behind.length > 0
      ? [{ ...allow("InvokeModelsThroughProfiles", invoke, behind), Condition: condition }]
      : []),
  ];
}

function guardrailStatement({ guardrailId, models, accountId }: PolicyWishes) {
  if (guardrailId === undefined) return undefined;
  const arns = guardrailId.startsWith("arn:")
    ? [guardrailId]
    : models.map(
        ({ region }) =>
          `arn:${partitionOf(region)}:bedrock:${region}:${accountId}:guardrail/${guardrailId}`,
      );
  return allow("ApplyGuardrail", ["bedrock:ApplyGuardrail"], arns);
}

/** A policy cannot name an alias; it names all keys, and of these the one that has it (AWS: kms:ResourceAliases). */
function keyStatement(
  sid: string,
  actions: readonly string[],
  keyId: string | undefined,
  { region, accountId }: PolicyWishes,
): PolicyStatement | undefined {
  if (keyId === undefined) return undefined;
  const prefix = `arn:${partitionOf(region)}:kms:${region}:${accountId}`;
  const alias = /(?:^|:)(alias\/.+)$/.exec(keyId)?.[1];
  if (alias === undefined) {
    const arn = keyId.startsWith("arn:") ? keyId : `${prefix}:key/${keyId}`;
    return allow(sid, actions, [arn]);
  }
  const keys = keyId.startsWith("arn:") ? keyId.replace(/:alias\/.+$/, "") : prefix;
  return {
    ...allow(sid, actions, [`${keys}:key/*`]),
    Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [alias] } },
  };
}

function exportStatement({ exportUrl, region }: PolicyWishes): PolicyStatement | undefined {
  if (exportUrl === undefined) return undefined;
  const { host: bucket, pathname } = new URL(exportUrl);
  const prefix = pathname.replace(/^\/|\/$/g, "");
  const objects = `arn:${partitionOf(region)}:s3:::${bucket}/${prefix && `${prefix}/`}*`;
  return allow("ExportAuditLog", ["s3:PutObject", "s3:PutObjectRetention"], [objects]);
}

/** PutMetricData knows no resources; the namespace limits it. */
function metricStatement({ metricNamespace }: PolicyWishes): PolicyStatement | undefined {
  if (metricNamespace === undefined) return undefined;
  return {
    ...allow("SendShadowMetrics", ["cloudwatch:PutMetricData"], ["*"]),
    Condition: { StringEquals: { "cloudwatch:namespace": metricNamespace } },
  };
}

function allow(
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
): PolicyStatement {
  return { Sid, Effect: "Allow", Action: sorted(actions), Resource: sorted(resources) };
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
