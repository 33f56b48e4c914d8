import type { AwsAccount } from "./aws-account.ts";
import type { AwsService } from "./aws-service.ts";
import { createQueryService } from "./query-service.ts";

/** Creates the emulated STS: who the caller is. */
export function createStsService(account: AwsAccount): AwsService {
  return createQueryService({
    name: "sts",
    dialect: "query",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: {
      GetCallerIdentity: () => ({
        Arn: account.caller.arn,
        UserId: account.caller.userId,
        Account: account.accountId,
      }),
    },
  });
}
