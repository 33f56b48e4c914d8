import type { GetEventSelectorsCommandOutput } from "@aws-sdk/client-cloudtrail";
import { AskFailure } from "../aws/ask-failure.ts";
import type { AwsClients } from "../aws/aws-clients.ts";
import { unanswered } from "../aws/unanswered.ts";
import type { Ask, Check } from "../check.ts";
import { conclude, type Problem } from "../findings.ts";
import { bedrockPage, hipaa, pci } from "../rules.ts";

/** What the check needs. */
export interface CloudTrailOptions {
  readonly aws: Pick<AwsClients, "cloudTrail">;
  readonly region: string;
}

type CloudTrailClient = Awaited<ReturnType<AwsClients["cloudTrail"]>>;

/** The members of DescribeTrails' answer that count. */
interface DescribedTrail {
  readonly Name?: string | undefined;
  readonly TrailARN?: string | undefined;
  readonly IsMultiRegionTrail?: boolean | undefined;
  readonly LogFileValidationEnabled?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
}

/** A trail, and how it falls short. */
interface JudgedTrail {
  readonly name: string;
  readonly arn: string;
  /** Its settings in words. */
  readonly settings: string;
  readonly problems: readonly Problem[];
}

/**
 * Whether some trail records calls of models. CloudTrail takes InvokeModel and Converse for management events that read, so
 * a trail of writes alone has none of them.
 */
export function cloudTrailCheck({ aws, region }: CloudTrailOptions): Check {
  return {
    id: "cloud-trail",
    group: "Account",
    title: "CloudTrail records the calls to Bedrock",
    subject: region,
    rules: [
      hipaa("164.312(b)", "audit controls"),
      pci("10.2", "audit logs are implemented"),
      pci("10.3", "audit logs are protected"),
      bedrockPage("logging with CloudTrail", "logging-using-cloudtrail"),
    ],
    async run(ask) {
      const client = await aws.cloudTrail(region);
      const { trailList = [] } = await ask("cloudtrail:DescribeTrails", (options) =>
        client.describeTrails({}, options),
      );
      const trails = await Promise.all(trailList.map((trail) => judge(ask, client, trail)));
      const [best] = trails.toSorted((a, b) => weightOf(a) - weightOf(b));
      return conclude(
        `${best?.name} logs every call in all regions, sealed and validated.`,
        best ? best.problems : [noTrail(region)],
        trails.map(({ name, arn, settings }) => ({ name: arn || name, value: settings })),
      );
    },
  };
}

/** A trail that this account may not look into, such as one of the organization, does not hide the others. */
async function judge(
  ask: Ask,
  client: CloudTrailClient,
  trail: DescribedTrail,
): Promise<JudgedTrail> {
  try {
    return await look(ask, client, trail);
  } catch (error) {
    if (!(error instanceof AskFailure)) throw error;
    const { reason, remedies } = unanswered(error);
    const { Name: name = "", TrailARN: arn = "" } = trail;
    return {
      name,
      arn,
      settings: "not known",
      problems: [{ verdict: "unknown", reason, remedy: remedies[0] }],
    };
  }
}

async function look(
  ask: Ask,
  client: CloudTrailClient,
  trail: DescribedTrail,
): Promise<JudgedTrail> {
  const { Name: name = "", TrailARN: arn = "" } = trail;
  const [status, selectors] = await Promise.all([
    ask("cloudtrail:GetTrailStatus", (options) => client.getTrailStatus({ Name: arn }, options)),
    ask("cloudtrail:GetEventSelectors", (options) =>
      client.getEventSelectors({ TrailName: arn }, options),
    ),
  ]);
  const update = (flags: string) => `aws cloudtrail update-trail --name ${name} ${flags}`;
  const found: readonly (Problem | false)[] = [
    !status.IsLogging && {
      verdict: "fail",
      reason: `The trail ${name} is stopped.`,
      remedy: `aws cloudtrail start-logging --name ${name}`,
    },
    !recordsReads(selectors) && {
      verdict: "fail",
      reason: `The trail ${name} leaves out management events that read, and calls of models are such.`,
      remedy: `aws cloudtrail put-event-selectors --trail-name ${name} --event-selectors '[{"ReadWriteType":"All","IncludeManagementEvents":true}]'`,
    },
    !!status.LatestDeliveryError && {
      verdict: "warn",
      reason: `The trail ${name} could not deliver its last files.`,
      remedy: `aws cloudtrail get-trail-status --name ${name}`,
    },
    !trail.IsMultiRegionTrail && {
      verdict: "warn",
      reason: `The trail ${name} sees one region only.`,
      remedy: update("--is-multi-region-trail"),
    },
    !trail.LogFileValidationEnabled && {
      verdict: "warn",
      reason: `The trail ${name} does not validate its files, so a change would not show.`,
      remedy: update("--enable-log-file-validation"),
    },
    !trail.KmsKeyId && {
      verdict: "warn",
      reason: `The trail ${name} is not encrypted with a key of KMS.`,
      remedy: update("--kms-key-id KEY_ARN"),
    },
  ];
  const settings = [
    status.IsLogging ? "logging" : "stopped",
    trail.IsMultiRegionTrail ? "all regions" : "one region",
    trail.LogFileValidationEnabled ? "validated" : "not validated",
    trail.KmsKeyId ?? "no key of KMS",
    recordsReads(selectors) ? "management events that read" : "no management events that read",
  ];
  const problems = found.filter((each) => each !== false);
  return { name, arn, settings: settings.join(", "), problems };
}

function recordsReads({
  EventSelectors = [],
  AdvancedEventSelectors = [],
}: GetEventSelectorsCommandOutput): boolean {
  const isClassic = EventSelectors.some(
    ({ IncludeManagementEvents, ReadWriteType, ExcludeManagementEventSources = [] }) =>
      IncludeManagementEvents !== false &&
      ReadWriteType !== "WriteOnly" &&
      !ExcludeManagementEventSources.includes("bedrock.amazonaws.com"),
  );
  return (
    isClassic || AdvancedEventSelectors.some(({ FieldSelectors = [] }) => selects(FieldSelectors))
  );
}

/** Whether one advanced selector takes in management events that read, of Bedrock. */
function selects(
  fields: readonly {
    readonly Field?: string | undefined;
    readonly Equals?: readonly string[] | undefined;
    readonly NotEquals?: readonly string[] | undefined;
  }[],
): boolean {
  const allows = (name: string, value: string) =>
    fields
      .filter(({ Field }) => Field === name)
      .every(
        ({ Equals, NotEquals }) => (Equals?.includes(value) ?? true) && !NotEquals?.includes(value),
      );
  const isManagement = fields.some(
    ({ Field, Equals = [] }) => Field === "eventCategory" && Equals.includes("Management"),
  );
  return (
    isManagement && allows("readOnly", "true") && allows("eventSource", "bedrock.amazonaws.com")
  );
}

const weights = { warn: 1, unknown: 10, fail: 100 } as const;

/** The best trail decides; failures weigh more than any number of warnings. */
function weightOf({ problems }: JudgedTrail): number {
  return problems.reduce((sum, { verdict }) => sum + weights[verdict], 0);
}

function noTrail(region: string): Problem {
  return {
    verdict: "fail",
    reason: `There is no trail in ${region}: CloudTrail keeps 90 days of events at most.`,
    remedy:
      "aws cloudtrail create-trail --name bedrock-api-audit --s3-bucket-name BUCKET --is-multi-region-trail --enable-log-file-validation --kms-key-id KEY_ARN && aws cloudtrail start-logging --name bedrock-api-audit",
  };
}
