import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { aws, hipaa } from "../rules.ts";

/** What the check needs. */
export interface DataRetentionOptions {
  readonly aws: Pick<AwsClients, "bedrock">;
  readonly region: string;
}

/** Whether Bedrock keeps nothing of the calls: only the mode `none` promises it for every model. */
export function dataRetentionCheck({ aws: clients, region }: DataRetentionOptions): Check {
  return {
    id: "data-retention",
    group: "Account",
    title: "Bedrock keeps nothing of the calls",
    subject: region,
    rules: [
      hipaa("164.502(b)", "minimum necessary"),
      aws(
        "GetAccountDataRetention",
        "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetAccountDataRetention.html",
      ),
    ],
    async run(ask) {
      const bedrock = await clients.bedrock(region);
      const { mode } = await ask("bedrock:GetAccountDataRetention", (options) =>
        bedrock.getAccountDataRetention({}, options),
      );
      return conclude(
        "The account's mode is none: no call is kept, by AWS or by a model's maker.",
        problemsOf(mode, region),
        evidence({ "data retention mode": mode }),
      );
    },
  };
}

function problemsOf(mode: string | undefined, region: string): readonly Problem[] {
  if (mode === "none") return [];
  const remedy = `aws bedrock put-account-data-retention --region ${region} --mode none`;
  if (mode === "provider_data_share" || mode === "aws_review") {
    const who =
      mode === "aws_review" ? "AWS may review calls" : "calls are shared with the models' makers";
    return [{ verdict: "fail", reason: `In the mode ${mode}, ${who}.`, remedy }];
  }
  const reason = `In the mode ${mode ?? "that AWS did not name"}, each model's own rule holds, and some keep calls for up to 30 days.`;
  return [{ verdict: "warn", reason, remedy }];
}
