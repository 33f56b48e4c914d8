import type { Problem } from "../findings.ts";

/** An endpoint as DescribeVpcEndpoints tells of it. */
export interface Endpoint {
  readonly VpcEndpointId?: string | undefined;
  readonly VpcEndpointType?: string | undefined;
  readonly State?: string | undefined;
  readonly PrivateDnsEnabled?: boolean | undefined;
  readonly PolicyDocument?: string | undefined;
  readonly SubnetIds?: readonly string[] | undefined;
}

/** The name of Bedrock Runtime as EC2 has it. */
export function endpointService(region: string): string {
  return `com.amazonaws.${region}.bedrock-runtime`;
}

/** Whether a host's name is that of one endpoint, and not AWS's usual one. */
export function isNamed(host: string): boolean {
  return /^vpce-[0-9a-z]/.test(host);
}

/** Whether a host's name is that of this endpoint. */
export function isOf({ VpcEndpointId = "" }: Endpoint, host: string): boolean {
  return VpcEndpointId !== "" && (host === VpcEndpointId || host.startsWith(`${VpcEndpointId}-`));
}

/** What is wrong with an endpoint, for a gateway that goes to it by this name. */
export function endpointProblems(
  endpoint: Endpoint,
  host: string,
  region: string,
): readonly Problem[] {
  const id = endpoint.VpcEndpointId ?? "";
  const modify = (flags: string) =>
    `aws ec2 modify-vpc-endpoint --region ${region} --vpc-endpoint-id ${id} ${flags}`;
  const found: readonly (Problem | false)[] = [
    endpoint.VpcEndpointType !== "Interface" && {
      verdict: "fail",
      reason: `${id} is of type ${endpoint.VpcEndpointType}; Bedrock needs Interface.`,
      remedy: createEndpointCommand(region),
    },
    endpoint.State !== "available" && {
      verdict: "fail",
      reason: `${id} is ${endpoint.State}.`,
      remedy: `aws ec2 describe-vpc-endpoints --region ${region} --vpc-endpoint-ids ${id}`,
    },
    !endpoint.PrivateDnsEnabled && {
      verdict: isNamed(host) ? "warn" : "fail",
      reason: `The private DNS of ${id} is off: AWS's usual name of Bedrock leads past it.`,
      remedy: modify("--private-dns-enabled"),
    },
    isOpen(endpoint.PolicyDocument) && {
      verdict: "warn",
      reason: `The policy of ${id} lets everybody in the VPC do everything.`,
      remedy: modify("--policy-document file://endpoint-policy.json"),
    },
    (endpoint.SubnetIds ?? []).length < 2 && {
      verdict: "warn",
      reason: `${id} stands in one subnet: when its availability zone fails, so does the way to Bedrock.`,
      remedy: modify("--add-subnet-ids SUBNET_ID"),
    },
  ];
  return found.filter((each) => each !== false);
}

/** Not the setup guide's command: without its type, AWS makes a Gateway endpoint, and Bedrock has none. */
export function createEndpointCommand(region: string): string {
  return `aws ec2 create-vpc-endpoint --region ${region} --vpc-endpoint-type Interface --private-dns-enabled --vpc-id VPC_ID --service-name ${endpointService(region)} --subnet-ids SUBNET_ID SUBNET_ID --security-group-ids SECURITY_GROUP_ID`;
}

/** An endpoint in a few words. */
export function endpointWords(endpoint: Endpoint): string {
  const { VpcEndpointType, State, PrivateDnsEnabled, SubnetIds = [] } = endpoint;
  const dns = PrivateDnsEnabled ? "with private DNS" : "without private DNS";
  return `${VpcEndpointType}, ${State}, ${dns}, in ${SubnetIds.length} subnets`;
}

/** The policy that an endpoint has by itself: everybody, everything. One that cannot be read is taken for it. */
function isOpen(document: string | undefined): boolean {
  if (document === undefined) return true;
  try {
    const { Statement = [] } = JSON.parse(document);
    return [Statement]
      .flat()
      .some(
        ({ Effect, Principal, Action, Condition }) =>
          Effect === "Allow" &&
          Condition === undefined &&
          (Principal === "*" || Principal?.AWS === "*") &&
          [Action].flat().some((action) => action === "*" || action === "bedrock:*"),
      );
  } catch {
    return true;
  }
}
