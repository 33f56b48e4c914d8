import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startProgram } from "../../integration/client/command.ts";
import { account, containerOf, environmentOf, ofType, resource } from "./cloudformation-stack.ts";
import type { Values } from "./cloudformation-template.ts";
import type { Manifest } from "./manifests.ts";

const gatewayContainer = (more?: Values): Manifest => containerOf("orchestrator", more);

const root = new URL("../../../", import.meta.url);

/** The statements by their names: their order says nothing. */
function bySid({ Statement }: Manifest): Record<string, unknown> {
  return Object.fromEntries(Statement.map(({ Sid, ...rest }: Manifest) => [Sid, rest]));
}

describe("the roles of the CloudFormation template", () => {
  it("allow nobody all of a service, nor an action by a pattern, nor all resources where there are some to name", () => {
    const withoutResources = /^(?:xray:Put|ecr:GetAuthorizationToken)/;
    for (const [name, { Properties }] of ofType("AWS::IAM::Role")) {
      for (const { PolicyDocument } of Properties.Policies) {
        for (const statement of PolicyDocument.Statement.flatMap(
          (each: Manifest) => each["Fn::If"]?.slice(1) ?? each,
        )) {
          if (statement.Action === undefined) continue;
          const actions: string[] = [statement.Action].flat();
          assert.ok(
            actions.every((action) => !action.includes("*")),
            `${name}: ${actions}`,
          );
          if (statement.Resource === "*") {
            assert.ok(
              actions.every((action) => withoutResources.test(action)),
              `${name}: ${actions}`,
            );
          }
        }
      }
    }
  });

  for (const [claim, more] of [
    ["for the parameters as they are", {}],
    [
      "for a model that is asked by its own id",
      {
        BedrockModel: "amazon.nova-pro-v1:0",
        BedrockModelArns: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
      },
    ],
    ["with a failover region", { BedrockFailoverRegion: "us-west-2" }],
    [
      "with a failover region for a model that is asked by its own id",
      {
        BedrockModel: "amazon.nova-pro-v1:0",
        BedrockFailoverRegion: "us-west-2",
        BedrockModelArns: [
          "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
          "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-pro-v1:0",
        ],
      },
    ],
    ["with OpenAI", { OpenAiApiKeySecretArn: "arn:aws:secretsmanager:us-east-1:1:secret:x" }],
  ] as const) {
    it(`give the gateway the rights that axonflow iam-policy prints for its settings, ${claim}`, async () => {
      const { NODE_EXTRA_CA_CERTS, ...env } = environmentOf(gatewayContainer(more));
      assert.ok(NODE_EXTRA_CA_CERTS);
      const { stdout, stderr, status } = await startProgram(
        "server/iam-policy-main.ts",
        ["--account", account],
        {
          ...env,
          AXONFLOW_LICENSE_KEYS: "made-up-licence-key",
          AXONFLOW_CONFIG_DIR: new URL("config/environments", root).pathname,
        },
      ).outcome;
      assert.equal(status, 0, stderr);
      const [gateway] = resource("TaskRole", more).Policies;
      assert.deepEqual(bySid(gateway.PolicyDocument), bySid(JSON.parse(stdout)));
    });
  }
});
