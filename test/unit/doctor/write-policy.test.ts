import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evaluatePolicies } from "../../../emulator/aws/iam/evaluate-policies.ts";
import type { IamDocument } from "../../../emulator/aws/iam/iam-account.ts";
import { doctorActions } from "../../../server/doctor/iam/doctor-actions.ts";
import { neededCalls } from "../../../server/doctor/iam/model-arns.ts";
import { mustBeDenied } from "../../../server/doctor/iam/must-be-denied.ts";
import { tooBroad } from "../../../server/doctor/iam/too-broad.ts";
import { type PolicyWishes, writePolicy } from "../../../server/doctor/iam/write-policy.ts";
import { modelInUse } from "../../fakes/models-in-use.ts";

const accountId = "123456789012";
const haiku = "anthropic.claude-3-haiku-20240307-v1:0";
const own = (id: string, region = "us-east-1") =>
  modelInUse({ calledId: id, foundationId: id, profileId: undefined, servedIn: [region], region });
const profile = modelInUse();
const global = modelInUse({
  calledId: "global.anthropic.claude-opus-4-6-v1",
  foundationId: "anthropic.claude-opus-4-6-v1",
  profileId: "global.anthropic.claude-opus-4-6-v1",
  servedIn: undefined,
});
const government = modelInUse({
  ...own(haiku, "us-gov-west-1"),
  region: "us-gov-west-1",
});
const application = modelInUse({
  calledId: `arn:aws:bedrock:us-east-1:${accountId}:application-inference-profile/abc`,
  foundationId: undefined,
  profileId: undefined,
  servedIn: undefined,
});
const base = { accountId, region: "us-east-1" };
const everything = {
  ...base,
  models: [own(haiku), profile, global],
  guardrailId: "gr1",
  kmsKeyId: "alias/axonflow-audit",
  kmsSigningKeyId: "11111111-1111-4111-8111-111111111111",
  exportUrl: "s3://archive/log/",
  metricNamespace: "AxonFlow/LLMShadowMode",
  listsModels: true,
  doctor: true,
};

const configurations: readonly (readonly [name: string, wishes: PolicyWishes, sids: string])[] = [
  ["one model by its own id", { ...base, models: [own(haiku)] }, "InvokeModels"],
  [
    "the same in two regions",
    { ...base, models: [own(haiku), own(haiku, "us-west-2")] },
    "InvokeModels",
  ],
  [
    "a profile of a geography",
    { ...base, models: [profile] },
    "InvokeProfiles InvokeModelsThroughProfiles",
  ],
  ["a global profile", { ...base, models: [global] }, "InvokeProfiles InvokeModelsThroughProfiles"],
  ["a region of the government", { ...base, models: [government] }, "InvokeModels"],
  ["an application profile", { ...base, models: [application] }, "InvokeProfiles"],
  ["no model", { ...base, models: [] }, ""],
  [
    "everything",
    everything,
    "InvokeModels InvokeProfiles InvokeModelsThroughProfiles ApplyGuardrail EncryptAuditLog SignAuditLog ExportAuditLog SendShadowMetrics ListModels Doctor",
  ],
];

describe("the policy that axonflow iam-policy writes", () => {
  for (const [name, wishes, sids] of configurations) {
    const document = writePolicy(wishes);
    const decide = (action: string, resource = "*") =>
      evaluatePolicies([document as IamDocument], action, resource);
    const statements = [document.Statement].flat();
    it(`has the statements of ${name}`, () => {
      assert.equal(statements.map(({ Sid }) => Sid).join(" "), sids);
    });
    it(`allows the calls of ${name}, and of no other model`, () => {
      for (const { resource } of neededCalls(wishes.models, accountId)) {
        assert.equal(decide("bedrock:InvokeModel", resource), "allowed", resource);
        assert.equal(decide("bedrock:InvokeModelWithResponseStream", resource), "allowed");
      }
      const other = "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1";
      assert.equal(decide("bedrock:InvokeModel", other), "implicitDeny");
    });
    it(`denies what must be denied, and is not too broad for the doctor: ${name}`, () => {
      for (const action of mustBeDenied) assert.equal(decide(action), "implicitDeny", action);
      assert.deepEqual(tooBroad({ name, document }), []);
    });
  }

  it("names models behind a profile for calls through it alone, where it may serve from", () => {
    const statement = [writePolicy({ ...base, models: [profile] }).Statement].flat()[1];
    assert.deepEqual(statement, {
      Sid: "InvokeModelsThroughProfiles",
      Effect: "Allow",
      Action: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
      Resource: ["us-east-1", "us-east-2", "us-west-2"].map(
        (region) => `arn:aws:bedrock:${region}::foundation-model/${profile.foundationId}`,
      ),
      Condition: {
        StringEquals: {
          "bedrock:InferenceProfileArn": [
            `arn:aws:bedrock:us-east-1:${accountId}:inference-profile/${profile.profileId}`,
          ],
        },
      },
    });
  });

  it("names what is not a model's by its exact place", () => {
    const statements = new Map(
      [writePolicy(everything).Statement].flat().map((each) => [each.Sid, each]),
    );
    const resource = (sid: string) => statements.get(sid)?.Resource;
    assert.deepEqual(resource("SignAuditLog"), [
      `arn:aws:kms:us-east-1:${accountId}:key/11111111-1111-4111-8111-111111111111`,
    ]);
    assert.deepEqual(statements.get("EncryptAuditLog")?.Condition, {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/axonflow-audit"] },
    });
    assert.deepEqual(resource("ExportAuditLog"), ["arn:aws:s3:::archive/log/*"]);
    assert.deepEqual(resource("ApplyGuardrail"), [
      `arn:aws:bedrock:us-east-1:${accountId}:guardrail/gr1`,
    ]);
    assert.deepEqual(statements.get("SendShadowMetrics")?.Condition, {
      StringEquals: { "cloudwatch:namespace": "AxonFlow/LLMShadowMode" },
    });
    const [invoke] = [writePolicy({ ...base, models: [government] }).Statement].flat();
    assert.deepEqual(invoke?.Resource, [
      `arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/${haiku}`,
    ]);
  });

  it("is the same text whatever the order of the models", () => {
    const models = [own(haiku), own(haiku, "us-west-2"), profile, global, application];
    const text = (list: typeof models) =>
      JSON.stringify(writePolicy({ ...everything, models: list }));
    const sorted = text(models);
    fc.assert(
      fc.property(fc.shuffledSubarray(models, { minLength: models.length }), (shuffled) => {
        assert.equal(text(shuffled), sorted);
      }),
    );
  });
});

describe("the doctor's own actions", () => {
  it("are exactly those that its checks ask for, and none of them changes anything", () => {
    const room = join(import.meta.dirname, "../../../server/doctor");
    const files = readdirSync(room, { recursive: true, encoding: "utf8" });
    const texts = files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(room, file), "utf8"));
    const asked = texts.flatMap((text) =>
      [...text.matchAll(/\bask\(\s*"([a-z0-9]+:[A-Z]\w+)"/g)].map(([, action = ""]) => action),
    );
    assert.deepEqual([...new Set(asked)].sort(), doctorActions);
    for (const action of doctorActions) assert.match(action, /:(?:Get|List|Describe|Simulate)/);
  });
});
