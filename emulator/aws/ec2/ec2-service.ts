import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsService } from "../aws-service.ts";
import { createQueryService, listParameter } from "../query-service.ts";
import type { VpcEndpoint } from "./ec2-account.ts";

const filters: Readonly<Record<string, (endpoint: VpcEndpoint) => string>> = {
  "service-name": ({ serviceName }) => serviceName,
  "vpc-endpoint-type": ({ type }) => type,
  "vpc-endpoint-id": ({ id }) => id,
  "vpc-endpoint-state": ({ state }) => state,
};

/** Creates the emulated EC2: the endpoints of the region that is asked. */
export function createEc2Service(account: AwsAccount): AwsService {
  return createQueryService({
    name: "ec2",
    dialect: "ec2",
    namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
    operations: {
      DescribeVpcEndpoints(form, { region }) {
        const ids = listParameter(form, "VpcEndpointId");
        const found = account.ec2.vpcEndpoints
          .filter((endpoint) => endpoint.region === region)
          .filter(({ id }) => ids.length === 0 || ids.includes(id))
          .filter((endpoint) => passesFilters(endpoint, form));
        return { vpcEndpointSet: { item: found.map((endpoint) => describe(endpoint, account)) } };
      },
    },
  });
}

function passesFilters(endpoint: VpcEndpoint, form: URLSearchParams): boolean {
  for (let index = 1; form.has(`Filter.${index}.Name`); index += 1) {
    const name = form.get(`Filter.${index}.Name`) ?? "";
    const read = filters[name];
    if (!read) throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
    if (!listParameter(form, `Filter.${index}.Value`).includes(read(endpoint))) return false;
  }
  return true;
}

function describe(endpoint: VpcEndpoint, { accountId }: AwsAccount) {
  return {
    vpcEndpointId: endpoint.id,
    vpcEndpointType: endpoint.type,
    vpcId: "vpc-1",
    serviceName: endpoint.serviceName,
    state: endpoint.state,
    policyDocument: endpoint.policy,
    privateDnsEnabled: endpoint.hasPrivateDns,
    subnetIdSet: { item: endpoint.subnetIds },
    dnsEntrySet: { item: endpoint.dnsNames.map((dnsName) => ({ dnsName })) },
    ownerId: accountId,
  };
}
