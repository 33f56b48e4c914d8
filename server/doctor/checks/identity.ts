import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { aws, hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface IdentityOptions {
  readonly aws: Pick<AwsClients, "sts">;
  readonly region: string;
}

/** Whether AWS is called by a role, whose credentials end by themselves. */
export function identityCheck({ aws: clients, region }: IdentityOptions): Check {
  return {
    id: "identity",
    group: "Account",
    title: "AWS is called by a role",
    subject: "",
    rules: [
      hipaa("164.312(d)", "person or entity authentication"),
      pci("8.6", "system and application accounts"),
      aws(
        "security best practices in IAM",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
      ),
    ],
    async run(ask) {
      const sts = await clients.sts(region);
      const { Arn = "", Account } = await ask("sts:GetCallerIdentity", (options) =>
        sts.getCallerIdentity({}, options),
      );
      return conclude(
        "The identity is a role, and its credentials end by themselves.",
        problemsOf(Arn),
        evidence({ account: Account, identity: Arn }),
      );
    },
  };
}

function problemsOf(arn: string): readonly Problem[] {
  if (/:root$/.test(arn)) {
    return [
      {
        verdict: "fail",
        reason: "The identity is the account's root user, whom no policy limits.",
        remedy: "Delete the root user's access keys, and run the gateway with a role of its own.",
      },
    ];
  }
  if (!/:user\//.test(arn)) return [];
  return [
    {
      verdict: "warn",
      reason: "The identity is an IAM user, whose access keys hold until somebody deletes them.",
      remedy: "Run the gateway with a role: an ECS task role, an EC2 instance profile, IRSA.",
    },
  ];
}
