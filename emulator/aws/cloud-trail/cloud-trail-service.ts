import type { JsonObject } from "../../json.ts";
import type { AwsAccount } from "../aws-account.ts";
import { AwsError } from "../aws-error.ts";
import type { AwsService } from "../aws-service.ts";
import { createJsonService } from "../json-service.ts";

/** A trail, as CloudTrail's three operations tell of it. */
export interface Trail {
  name: string;
  homeRegion: string;
  isMultiRegion: boolean;
  validatesFiles: boolean;
  kmsKeyId?: string;
  bucket: string;
  isLogging: boolean;
  deliveryError?: string;
  /** In the form of the API; at most one of the two kinds. */
  eventSelectors?: JsonObject[];
  advancedEventSelectors?: JsonObject[];
}

/** A trail that records every management event of all regions, sealed and validated. */
export function trail(changes: Partial<Trail> = {}): Trail {
  return {
    name: "account-trail",
    homeRegion: "us-east-1",
    isMultiRegion: true,
    validatesFiles: true,
    kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/44444444-4444-4444-8444-444444444444",
    bucket: "account-trail",
    isLogging: true,
    eventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [] }],
    ...changes,
  };
}

/** Creates the emulated CloudTrail. */
export function createCloudTrailService(account: AwsAccount): AwsService {
  const arnOf = ({ name, homeRegion }: Trail) =>
    `arn:aws:cloudtrail:${homeRegion}:${account.accountId}:trail/${name}`;
  const find = (name: unknown) => {
    const found = account.cloudTrail.trails.find((each) =>
      [each.name, arnOf(each)].includes(String(name)),
    );
    if (found) return found;
    throw new AwsError("TrailNotFoundException", `Unknown trail: ${name}`);
  };
  return createJsonService({
    name: "cloudtrail",
    target: "CloudTrail_20131101",
    operations: {
      DescribeTrails: (_input, { region }) => ({
        trailList: account.cloudTrail.trails
          .filter(({ homeRegion, isMultiRegion }) => isMultiRegion || homeRegion === region)
          .map((each) => ({
            Name: each.name,
            TrailARN: arnOf(each),
            HomeRegion: each.homeRegion,
            S3BucketName: each.bucket,
            IsMultiRegionTrail: each.isMultiRegion,
            IncludeGlobalServiceEvents: true,
            LogFileValidationEnabled: each.validatesFiles,
            ...(each.kmsKeyId && { KmsKeyId: each.kmsKeyId }),
            IsOrganizationTrail: false,
          })),
      }),
      GetTrailStatus({ Name }) {
        const { isLogging, deliveryError } = find(Name);
        return {
          IsLogging: isLogging,
          ...(deliveryError && { LatestDeliveryError: deliveryError }),
        };
      },
      GetEventSelectors({ TrailName }) {
        const found = find(TrailName);
        return {
          TrailARN: arnOf(found),
          ...(found.advancedEventSelectors
            ? { AdvancedEventSelectors: found.advancedEventSelectors }
            : { EventSelectors: found.eventSelectors ?? [] }),
        };
      },
    },
  });
}
