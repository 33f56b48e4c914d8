import type { AwsAccount } from "../aws-account.ts";
import type { AwsService } from "../aws-service.ts";
import { createJsonService } from "../json-service.ts";

/** A log group; without days of retention it keeps everything for good. */
export interface LogGroup {
  name: string;
  region: string;
  retentionDays?: number;
  kmsKeyArn?: string;
}

/** Creates the emulated CloudWatch Logs: the groups of the region that is asked. */
export function createLogsService(account: AwsAccount): AwsService {
  return createJsonService({
    name: "logs",
    target: "Logs_20140328",
    operations: {
      DescribeLogGroups({ logGroupNamePrefix }, { region }) {
        const prefix = typeof logGroupNamePrefix === "string" ? logGroupNamePrefix : "";
        const found = account.logs.groups.filter(
          (group) => group.region === region && group.name.startsWith(prefix),
        );
        return {
          logGroups: found.map(({ name, retentionDays, kmsKeyArn }) => ({
            logGroupName: name,
            arn: `arn:aws:logs:${region}:${account.accountId}:log-group:${name}:*`,
            ...(retentionDays !== undefined && { retentionInDays: retentionDays }),
            ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }),
          })),
        };
      },
    },
  });
}
