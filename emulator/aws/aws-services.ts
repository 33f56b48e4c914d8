import { createArtifactService } from "./artifact/artifact-service.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { AwsService } from "./aws-service.ts";
import { createBedrockControlService } from "./bedrock/bedrock-control-service.ts";
import { createCloudTrailService } from "./cloud-trail/cloud-trail-service.ts";
import { createEc2Service } from "./ec2/ec2-service.ts";
import { createIamService } from "./iam/iam-service.ts";
import { createKmsService } from "./kms/kms-service.ts";
import { createLogsService } from "./logs/logs-service.ts";
import type { S3Objects } from "./s3/s3-objects.ts";
import { createS3Service } from "./s3/s3-service.ts";
import { createStsService } from "./sts-service.ts";

/** Every service that the emulator has; the clock is in milliseconds since the epoch. */
export function createAwsServices(
  account: AwsAccount,
  objects: S3Objects,
  now: () => number,
): readonly AwsService[] {
  return [
    createKmsService(account),
    createS3Service(account, objects),
    createStsService(account),
    createIamService(account),
    createEc2Service(account),
    createCloudTrailService(account),
    createLogsService(account),
    createBedrockControlService(account, now),
    createArtifactService(account),
  ];
}
