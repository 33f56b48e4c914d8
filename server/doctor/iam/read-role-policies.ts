import type { AwsClients } from "../aws/aws-clients.ts";
import type { Ask } from "../check.ts";
import { readPolicyDocument } from "./policy-document.ts";
import type { NamedPolicy } from "./too-broad.ts";

type IamClient = Awaited<ReturnType<AwsClients["iam"]>>;

/** All policies of a role, those within it and those attached to it. */
export async function readRolePolicies(
  ask: Ask,
  iam: IamClient,
  RoleName: string,
): Promise<readonly NamedPolicy[]> {
  const [inline, attached] = await Promise.all([
    inlineNames(ask, iam, RoleName),
    attachedArns(ask, iam, RoleName),
  ]);
  const read = await Promise.all([
    ...inline.map(async (PolicyName) => {
      const { PolicyDocument } = await ask("iam:GetRolePolicy", (options) =>
        iam.getRolePolicy({ RoleName, PolicyName }, options),
      );
      return { name: PolicyName, text: PolicyDocument };
    }),
    ...attached.map(async (arn) => ({ name: arn, text: await managedText(ask, iam, arn) })),
  ]);
  return read.map(({ name, text = "" }) => {
    const document = readPolicyDocument(text);
    if (document) return { name, document };
    throw new Error(`${name} is no policy document`);
  });
}

async function managedText(
  ask: Ask,
  iam: IamClient,
  PolicyArn: string,
): Promise<string | undefined> {
  const { Policy } = await ask("iam:GetPolicy", (options) => iam.getPolicy({ PolicyArn }, options));
  const { PolicyVersion } = await ask("iam:GetPolicyVersion", (options) =>
    iam.getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId }, options),
  );
  return PolicyVersion?.Document;
}

async function inlineNames(ask: Ask, iam: IamClient, RoleName: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (let Marker: string | undefined, more = true; more; ) {
    const at = Marker;
    const page = await ask("iam:ListRolePolicies", (options) =>
      iam.listRolePolicies({ RoleName, Marker: at }, options),
    );
    names.push(...(page.PolicyNames ?? []));
    Marker = page.Marker;
    more = page.IsTruncated === true;
  }
  return names;
}

async function attachedArns(
  ask: Ask,
  iam: IamClient,
  RoleName: string,
): Promise<readonly string[]> {
  const arns: string[] = [];
  for (let Marker: string | undefined, more = true; more; ) {
    const at = Marker;
    const page = await ask("iam:ListAttachedRolePolicies", (options) =>
      iam.listAttachedRolePolicies({ RoleName, Marker: at }, options),
    );
    arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
    Marker = page.Marker;
    more = page.IsTruncated === true;
  }
  return arns;
}
