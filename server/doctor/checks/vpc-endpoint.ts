import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { bedrockPage, hipaa, pci } from "../rules.ts";
import { isLoopbackAddress, isPrivateAddress } from "./private-address.ts";
import {
  createEndpointCommand,
  type Endpoint,
  endpointProblems,
  endpointService,
  endpointWords,
  isNamed,
  isOf,
} from "./vpc-endpoint-problems.ts";

/** What the check needs. */
export interface VpcEndpointOptions {
  readonly aws: Pick<AwsClients, "ec2">;
  readonly region: string;
  /** Where the gateway asks Bedrock. */
  readonly url: string;
  /** The addresses of a host's name; rejects as `dns.lookup` does. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
}

/** Whether calls to Bedrock stay in the VPC: a sound endpoint is there, and the name in use leads to private addresses. */
export function vpcEndpointCheck({ aws, region, url, resolve }: VpcEndpointOptions): Check {
  return {
    id: "vpc-endpoint",
    group: "Network",
    title: "Calls to Bedrock do not cross the internet",
    subject: region,
    rules: [
      hipaa("164.312(e)(1)", "transmission security"),
      pci("1.4", "connections between trusted and untrusted networks"),
      bedrockPage("interface VPC endpoints", "vpc-interface-endpoints"),
    ],
    async run(ask) {
      const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
      const addresses = await resolve(host).catch(() => []);
      const ec2 = await aws.ec2(region);
      const Filters = [{ Name: "service-name", Values: [endpointService(region)] }];
      const { VpcEndpoints = [] } = await ask("ec2:DescribeVpcEndpoints", (options) =>
        ec2.describeVpcEndpoints({ Filters }, options),
      );
      const best = soundest(VpcEndpoints, host, region);
      return conclude(
        `${host} leads to private addresses of ${best?.endpoint.VpcEndpointId}.`,
        [
          ...cleartextProblems(url, addresses),
          ...addressProblems(host, addresses),
          ...(best ? best.problems : [noEndpoint(host, addresses, region)]),
        ],
        [
          { name: "endpoint in use", value: url },
          { name: "addresses", value: addresses.join(", ") || "none" },
          ...VpcEndpoints.map((each) => ({
            name: each.VpcEndpointId ?? "",
            value: endpointWords(each),
          })),
        ],
      );
    },
  };
}

/** Of the endpoints that the name can mean, the one with the fewest problems. */
function soundest(endpoints: readonly Endpoint[], host: string, region: string) {
  const [best] = endpoints
    .filter((each) => !isNamed(host) || isOf(each, host))
    .map((endpoint) => ({ endpoint, problems: endpointProblems(endpoint, host, region) }))
    .toSorted((a, b) => a.problems.length - b.problems.length);
  return best;
}

function cleartextProblems(url: string, addresses: readonly string[]): readonly Problem[] {
  if (!url.startsWith("http:") || addresses.every(isLoopbackAddress)) return [];
  const remedy = "Set LLM_BEDROCK_ENDPOINT_URL to an https URL.";
  return [{ verdict: "fail", reason: `${url} is cleartext.`, remedy }];
}

function addressProblems(host: string, addresses: readonly string[]): readonly Problem[] {
  if (addresses.length === 0) {
    const remedy = `Run axonflow doctor in the VPC: dig +short ${host}`;
    return [{ verdict: "unknown", reason: `The name ${host} leads to no address here.`, remedy }];
  }
  if (addresses.every(isLoopbackAddress)) {
    const reason = `The name ${host} leads to this machine: an emulator, or a proxy that sends on elsewhere.`;
    return [{ verdict: "warn", reason, remedy: "Unset LLM_BEDROCK_ENDPOINT_URL in production." }];
  }
  const abroad = addresses.filter((each) => !isPrivateAddress(each));
  if (abroad.length === 0) return [];
  return [
    {
      verdict: "fail",
      reason: `The name ${host} leads to ${abroad.join(", ")}, which is on the internet.`,
      remedy:
        "Set LLM_BEDROCK_ENDPOINT_URL to the endpoint's own name, or switch its private DNS on.",
    },
  ];
}

/** A VPC can be shared by another account, which then has the endpoint: private addresses speak for that. */
function noEndpoint(host: string, addresses: readonly string[], region: string): Problem {
  if (addresses.length > 0 && addresses.every(isPrivateAddress)) {
    return {
      verdict: "unknown",
      reason: `${host} leads to private addresses, and this account lists no such endpoint in ${region}: it may be that of an account that shares its VPC.`,
      remedy:
        "Run axonflow doctor --only vpc-endpoint with credentials of the account that has the VPC.",
    };
  }
  return {
    verdict: "fail",
    reason: isNamed(host)
      ? `${host} is the name of no endpoint for Bedrock Runtime that this account has in ${region}.`
      : `No VPC of ${region} has an endpoint for Bedrock Runtime.`,
    remedy: createEndpointCommand(region),
  };
}
