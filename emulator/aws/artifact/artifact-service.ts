import type { AwsAccount } from "../aws-account.ts";
import type { AwsService } from "../aws-service.ts";
import { createRestJsonService } from "../rest-json-service.ts";

/** An agreement with AWS, such as the Business Associate Addendum. */
export interface Agreement {
  name: string;
  state: "ACTIVE" | "CUSTOMER_TERMINATED" | "AWS_TERMINATED";
  effectiveStart: string;
}

/** Creates the emulated Artifact: the agreements of the account. */
export function createArtifactService(account: AwsAccount): AwsService {
  return createRestJsonService({
    name: "artifact",
    operations: {
      "/v1/customer-agreement/list": [
        "ListCustomerAgreements",
        () => ({
          customerAgreements: account.artifact.agreements.map((agreement, index) => ({
            ...agreement,
            id: `agreement-${index + 1}`,
            arn: `arn:aws:artifact::${account.accountId}:customer-agreement/agreement-${index + 1}`,
            awsAccountId: account.accountId,
            type: "DEFAULT",
          })),
        }),
      ],
    },
  });
}
