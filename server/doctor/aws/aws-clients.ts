import { createDateWatch, type DateWatch } from "./date-watch.ts";

/** How AWS is asked; addresses and credentials come from the SDK's own chain (AWS_PROFILE, AWS_ENDPOINT_URL_KMS, …). */
export interface AwsClientsOptions {
  /** Tries of one question; 2 if not said. */
  readonly tries?: number | undefined;
  /** Bedrock's control plane; `{region}` in it stands for the region. Undefined: as the SDK finds it. */
  readonly bedrockUrl?: string | undefined;
}

const connectionTimeoutMs = 3_000;

/**
 * Clients of AWS's services, each loaded when it is first asked for: no other part of the gateway carries them. They share
 * a watch over the dates that AWS answers with.
 */
export function createAwsClients({ tries = 2, bedrockUrl }: AwsClientsOptions = {}) {
  const dates: DateWatch = createDateWatch();
  const settings = (region: string) => ({
    region,
    maxAttempts: tries,
    requestHandler: { connectionTimeout: connectionTimeoutMs },
  });
  return {
    dates,
    async sts(region: string) {
      const { STS } = await import("@aws-sdk/client-sts");
      const client = new STS(settings(region));
      client.middlewareStack.add(dates.middleware, { step: "deserialize", priority: "low" });
      return client;
    },
    async iam(region: string) {
      const { IAM } = await import("@aws-sdk/client-iam");
      return new IAM(settings(region));
    },
    async bedrock(region: string) {
      const { Bedrock } = await import("@aws-sdk/client-bedrock");
      const endpoint = bedrockUrl?.replaceAll("{region}", region);
      return new Bedrock({ ...settings(region), ...(endpoint && { endpoint }) });
    },
    async cloudTrail(region: string) {
      const { CloudTrail } = await import("@aws-sdk/client-cloudtrail");
      return new CloudTrail(settings(region));
    },
    async logs(region: string) {
      const { CloudWatchLogs } = await import("@aws-sdk/client-cloudwatch-logs");
      return new CloudWatchLogs(settings(region));
    },
    async ec2(region: string) {
      const { EC2 } = await import("@aws-sdk/client-ec2");
      return new EC2(settings(region));
    },
    async kms(region: string) {
      const { KMS } = await import("@aws-sdk/client-kms");
      return new KMS(settings(region));
    },
    async s3(region: string) {
      const { S3 } = await import("@aws-sdk/client-s3");
      return new S3({ ...settings(region), followRegionRedirects: true });
    },
  };
}

/** What the checks ask AWS with. */
export type AwsClients = ReturnType<typeof createAwsClients>;
