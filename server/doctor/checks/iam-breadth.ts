import type { AwsClients } from "../aws/aws-clients.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { mustBeDenied } from "../iam/must-be-denied.ts";
import { readRolePolicies } from "../iam/read-role-policies.ts";
import { tooBroad } from "../iam/too-broad.ts";
import { aws, hipaa, pci } from "../rules.ts";

/** A call that the gateway makes: the ARN it names, and the profile it goes through. */
export interface NeededCall {
  readonly resource: string;
  readonly profileArn?: string | undefined;
}

/** What the check needs. */
export interface IamBreadthOptions {
  readonly aws: Pick<AwsClients, "sts" | "iam">;
  readonly region: string;
  /** The gateway's role, by name or ARN; undefined: that of whoever runs the check. */
  readonly role: string | undefined;
  /** What the gateway has to be allowed, once the account is known. */
  readonly neededCalls: (accountId: string) => readonly NeededCall[];
}

type IamClient = Awaited<ReturnType<AwsClients["iam"]>>;

/** Whether the gateway's role allows the calls that it makes and nothing that would hurt. */
export function iamBreadthCheck(options: IamBreadthOptions): Check {
  const { aws: clients, region, neededCalls } = options;
  return {
    id: "iam-breadth",
    group: "Account",
    title: "The gateway's role allows what it needs and no more",
    subject: options.role ?? "",
    rules: [
      hipaa("164.308(a)(4)", "information access management"),
      hipaa("164.312(a)(1)", "access control"),
      pci("7.2", "least privilege"),
      aws(
        "least-privilege permissions",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
      ),
    ],
    async run(ask) {
      const sts = await clients.sts(region);
      const { Arn = "", Account = "" } = await ask("sts:GetCallerIdentity", (how) =>
        sts.getCallerIdentity({}, how),
      );
      const name = roleName(options.role ?? Arn);
      if (name === undefined) return noRole(Arn);
      const iam = await clients.iam(region);
      const { Role } = await ask("iam:GetRole", (how) => iam.getRole({ RoleName: name }, how));
      const arn = Role?.Arn ?? "";
      const [policies, allowed, refused] = await Promise.all([
        readRolePolicies(ask, iam, name),
        allowedOf(ask, iam, arn, mustBeDenied),
        refusedCalls(ask, iam, arn, neededCalls(Account)),
      ]);
      return conclude(
        "The role allows the configured models' calls, and none of what must be denied.",
        [
          ...refused.map(({ resource }) => cannotCall(resource)),
          ...(allowed.length > 0 ? [dangerous(allowed)] : []),
          ...policies.flatMap(tooBroad),
        ],
        [
          { name: "role", value: arn },
          { name: "policies", value: policies.map((each) => each.name).join(", ") || "none" },
          { name: "actions tried that must be denied", value: String(mustBeDenied.length) },
          { name: "of these allowed", value: allowed.join(", ") || "none" },
        ],
      );
    },
  };
}

/** `arn:…:role/path/NAME`, `arn:…:assumed-role/NAME/session`, or NAME itself; undefined for users. */
function roleName(identity: string): string | undefined {
  if (!identity.startsWith("arn:")) return identity;
  return (
    /:assumed-role\/([^/]+)\//.exec(identity)?.[1] ?? /:role\/(?:.*\/)?([^/]+)$/.exec(identity)?.[1]
  );
}

async function allowedOf(
  ask: Ask,
  iam: IamClient,
  PolicySourceArn: string,
  ActionNames: readonly string[],
): Promise<readonly string[]> {
  const { EvaluationResults = [] } = await ask("iam:SimulatePrincipalPolicy", (how) =>
    iam.simulatePrincipalPolicy({ PolicySourceArn, ActionNames: [...ActionNames] }, how),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision === "allowed").map(
    ({ EvalActionName = "" }) => EvalActionName,
  );
}

async function refusedCalls(
  ask: Ask,
  iam: IamClient,
  PolicySourceArn: string,
  calls: readonly NeededCall[],
): Promise<readonly NeededCall[]> {
  const tried = await Promise.all(
    calls.map(async (call) => {
      const { EvaluationResults = [] } = await ask("iam:SimulatePrincipalPolicy", (how) =>
        iam.simulatePrincipalPolicy(simulation(PolicySourceArn, call), how),
      );
      return EvaluationResults.every(({ EvalDecision }) => EvalDecision === "allowed")
        ? []
        : [call];
    }),
  );
  return tried.flat();
}

function simulation(PolicySourceArn: string, { resource, profileArn }: NeededCall) {
  return {
    PolicySourceArn,
    ActionNames: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
    ResourceArns: [resource],
    ...(profileArn !== undefined && {
      ContextEntries: [
        {
          ContextKeyName: "bedrock:InferenceProfileArn",
          ContextKeyValues: [profileArn],
          ContextKeyType: "string" as const,
        },
      ],
    }),
  };
}

function cannotCall(resource: string): Problem {
  return {
    verdict: "fail",
    reason: `The role may not call ${resource}.`,
    remedy: "Allow it: axonflow iam-policy prints the statement.",
  };
}

function dangerous(actions: readonly string[]): Problem {
  return {
    verdict: "fail",
    reason: `The role may do what must be denied: ${actions.join(", ")}.`,
    remedy: "Put the output of axonflow iam-policy in the place of the role's policies.",
  };
}

function noRole(identity: string) {
  const remedy = "Name the gateway's role: axonflow doctor --role NAME";
  const reason =
    "Whoever runs this check is no role, so it is not known which one the gateway has.";
  return conclude(
    "",
    [{ verdict: "unknown", reason, remedy }],
    [{ name: "identity", value: identity }],
  );
}
