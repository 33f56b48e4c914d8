/** An endpoint in a VPC, as DescribeVpcEndpoints tells of it. */
export interface VpcEndpoint {
  id: string;
  region: string;
  serviceName: string;
  type: "Interface" | "Gateway";
  state: "available" | "pending" | "deleting" | "failed";
  hasPrivateDns: boolean;
  /** JSON text. */
  policy: string;
  subnetIds: string[];
  dnsNames: string[];
}

/** A good endpoint for calls to models, closed to all but one role. */
export function vpcEndpoint(changes: Partial<VpcEndpoint> = {}): VpcEndpoint {
  const { id = "vpce-0123456789abcdef0", region = "us-east-1" } = changes;
  return {
    id,
    region,
    serviceName: `com.amazonaws.${region}.bedrock-runtime`,
    type: "Interface",
    state: "available",
    hasPrivateDns: true,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::123456789012:role/AxonFlowTaskRole" },
          Action: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
          Resource: "*",
        },
      ],
    }),
    subnetIds: ["subnet-1", "subnet-2"],
    dnsNames: [
      `${id}-abcdefgh.bedrock-runtime.${region}.vpce.amazonaws.com`,
      `bedrock-runtime.${region}.amazonaws.com`,
    ],
    ...changes,
  };
}
