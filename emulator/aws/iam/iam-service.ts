import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsService } from "../aws-service.ts";
import { createQueryService, listParameter, type QueryOperation } from "../query-service.ts";
import { evaluatePolicies } from "./evaluate-policies.ts";
import type { IamRole } from "./iam-account.ts";

const madeAt = "2026-01-01T00:00:00Z";
const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** Creates the emulated IAM: roles, their policies, and what they come to. */
export function createIamService(account: AwsAccount): AwsService {
  return createQueryService({
    name: "iam",
    dialect: "query",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    operations: { ...roleOperations(account), ...policyOperations(account) },
  });
}

function roleOperations(account: AwsAccount): Readonly<Record<string, QueryOperation>> {
  const role = (form: URLSearchParams) => findRole(account, form.get("RoleName") ?? "");
  return {
    GetRole(form) {
      const { name, path } = role(form);
      return {
        Role: {
          Path: path,
          RoleName: name,
          RoleId: "AROAEMULATOR",
          Arn: roleArn(account, role(form)),
          CreateDate: madeAt,
          MaxSessionDuration: 3600,
        },
      };
    },
    ListRolePolicies: (form) => ({
      PolicyNames: { member: role(form).inline.map(({ name }) => name) },
      IsTruncated: false,
    }),
    GetRolePolicy(form) {
      const found = role(form).inline.find(({ name }) => name === form.get("PolicyName"));
      if (!found) throw noSuchEntity("policy");
      return {
        RoleName: role(form).name,
        PolicyName: found.name,
        PolicyDocument: encodeURIComponent(JSON.stringify(found.document)),
      };
    },
    ListAttachedRolePolicies: (form) => ({
      AttachedPolicies: {
        member: role(form).attached.map(({ arn }) => ({ PolicyArn: arn, PolicyName: nameOf(arn) })),
      },
      IsTruncated: false,
    }),
    SimulatePrincipalPolicy(form) {
      const { inline, attached } = findRole(account, nameOf(form.get("PolicySourceArn") ?? ""));
      const documents = [...inline, ...attached].map(({ document }) => document);
      const named = listParameter(form, "ResourceArns.member");
      const resources = named.length > 0 ? named : ["*"];
      return {
        IsTruncated: false,
        EvaluationResults: {
          member: listParameter(form, "ActionNames.member").flatMap((action) =>
            resources.map((resource) => ({
              EvalActionName: action,
              EvalResourceName: resource,
              EvalDecision: evaluatePolicies(documents, action, resource),
            })),
          ),
        },
      };
    },
  };
}

function policyOperations(account: AwsAccount): Readonly<Record<string, QueryOperation>> {
  const find = (form: URLSearchParams) => {
    const all = account.iam.roles.flatMap(({ attached }) => attached);
    const found = all.find(({ arn }) => arn === form.get("PolicyArn"));
    if (found) return found;
    throw noSuchEntity("policy");
  };
  return {
    GetPolicy(form) {
      const { arn } = find(form);
      return {
        Policy: { Arn: arn, PolicyName: nameOf(arn), DefaultVersionId: "v1", IsAttachable: true },
      };
    },
    GetPolicyVersion: (form) => ({
      PolicyVersion: {
        Document: encodeURIComponent(JSON.stringify(find(form).document)),
        VersionId: "v1",
        IsDefaultVersion: true,
        CreateDate: madeAt,
      },
    }),
  };
}

function roleArn({ accountId }: AwsAccount, { path, name }: IamRole): string {
  return `arn:aws:iam::${accountId}:role${path}${name}`;
}

function findRole(account: AwsAccount, name: string): IamRole {
  const found = account.iam.roles.find((role) => role.name === name);
  if (found) return found;
  throw noSuchEntity("role");
}

function noSuchEntity(what: string): AwsError {
  return new AwsError("NoSuchEntity", `The ${what} cannot be found.`, 404);
}
