import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { type AwsEmulator, createAwsEmulator } from "../../../../emulator/aws/aws-emulator.ts";

/** An AWS on loopback and the real SDK's clients for it. */
export async function startAws(): Promise<{
  readonly aws: AwsEmulator;
  readonly kms: KMSClient;
  readonly s3: S3Client;
}> {
  const aws = await createAwsEmulator();
  const settings = clientSettings(aws.url);
  return { aws, kms: new KMSClient(settings), s3: new S3Client(settings) };
}

/** What every client needs to reach the emulator; it tries once. */
export function clientSettings(endpoint: string, region = "us-east-1") {
  return {
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
  };
}
