import type { AwsClients } from "../aws/aws-clients.ts";
import type { Check } from "../check.ts";
import { conclude, evidence, type Problem } from "../findings.ts";
import { aws, pci } from "../rules.ts";

/** What the check needs. */
export interface ClockOptions {
  readonly aws: Pick<AwsClients, "sts" | "dates">;
  readonly region: string;
}

const goodMs = 5_000;
const signableMs = 60_000;

/** Whether this machine's clock is right, by the dates of AWS's answers; audit entries carry its time. */
export function clockCheck({ aws: clients, region }: ClockOptions): Check {
  return {
    id: "clock",
    group: "This gateway",
    title: "The clock is right",
    subject: "",
    rules: [
      pci("10.6", "time synchronization"),
      aws(
        "signing requests",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
      ),
    ],
    async run(ask) {
      const sts = await clients.sts(region);
      const asked = ask("sts:GetCallerIdentity", (options) => sts.getCallerIdentity({}, options));
      // A refusal has a date too, and a clock that is far off is refused.
      await asked.catch((error) => {
        if (clients.dates.skewMs === undefined) throw error;
      });
      const skewMs = clients.dates.skewMs;
      const seconds = skewMs === undefined ? undefined : Math.round(skewMs / 1000);
      return conclude(
        "The clock is within five seconds of AWS's.",
        problemsOf(skewMs),
        evidence({ "seconds ahead of AWS": seconds }),
      );
    },
  };
}

function problemsOf(skewMs: number | undefined): readonly Problem[] {
  const remedy = "Run chrony or systemd-timesyncd; in AWS its source is 169.254.169.123.";
  if (skewMs === undefined) {
    return [{ verdict: "unknown", reason: "AWS's answer had no date.", remedy }];
  }
  const off = Math.abs(skewMs);
  if (off <= goodMs) return [];
  const way = skewMs > 0 ? "ahead of" : "behind";
  const reason = `The clock is ${Math.round(off / 1000)} seconds ${way} AWS's.`;
  if (off <= signableMs) return [{ verdict: "warn", reason, remedy }];
  return [
    { verdict: "fail", reason: `${reason} Beyond five minutes AWS refuses every call.`, remedy },
  ];
}
