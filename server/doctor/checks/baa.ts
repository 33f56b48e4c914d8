import { AskFailure } from "../aws/ask-failure.ts";
import { unanswered } from "../aws/unanswered.ts";
import type { Attestation, Check, Finding } from "../check.ts";
import { conclude, evidence } from "../findings.ts";
import { aws, hipaa } from "../rules.ts";

/** An agreement as AWS Artifact lists it. */
export interface CustomerAgreement {
  readonly name?: string;
  readonly state?: string;
  readonly arn?: string;
  readonly effectiveStart?: string;
}

/** What the check needs. */
export interface BaaOptions {
  /** Artifact's ListCustomerAgreements. */
  readonly listAgreements: (signal: AbortSignal) => Promise<readonly CustomerAgreement[]>;
  /** What an operator has said where Artifact cannot be asked. */
  readonly attested?: Attestation | undefined;
}

const remedy =
  "Accept the BAA: AWS Console → Artifact → Agreements → AWS Business Associate Addendum.";

/** Whether the account has a Business Associate Addendum in force with AWS. */
export function baaCheck({ listAgreements, attested }: BaaOptions): Check {
  return {
    id: "baa",
    group: "Account",
    title: "A Business Associate Addendum with AWS is in force",
    subject: "",
    rules: [
      hipaa("164.504(e)", "business associate contracts"),
      hipaa("164.308(b)(1)", "business associate contracts"),
      aws(
        "managing agreements in AWS Artifact",
        "https://docs.aws.amazon.com/artifact/latest/ug/managing-agreements.html",
      ),
    ],
    async run(ask) {
      try {
        const agreements = await ask("artifact:ListCustomerAgreements", ({ abortSignal }) =>
          listAgreements(abortSignal),
        );
        return judge(agreements);
      } catch (error) {
        if (attested) return vouchedFor(attested);

        if (!(error instanceof AskFailure)) throw error;
        const { reason, remedies, ...finding } = unanswered(error);
        return {
          ...finding,
          reason: `${reason} AWS Console → Artifact → Agreements shows whether the BAA is active.`,
          remedies: [...remedies, "Or vouch for it: axonflow doctor --attest baa=YYYY-MM-DD:NAME"],
        };
      }
    },
  };
}

function judge(agreements: readonly CustomerAgreement[]): Finding {
  const found = agreements.filter(({ name = "" }) => /business associate|\bBAA\b/i.test(name));
  const active = found.find(({ state }) => state === "ACTIVE");
  const shown = active ?? found[0];
  return conclude(
    "AWS Artifact lists an active Business Associate Addendum.",
    active ? [] : [{ verdict: "fail", reason: lack(shown), remedy }],
    evidence({
      "agreements listed": agreements.length,
      ...(shown && {
        agreement: shown.name,
        state: shown.state,
        arn: shown.arn,
        "in force since": shown.effectiveStart?.slice(0, 10),
      }),
    }),
  );
}

function lack(agreement: CustomerAgreement | undefined): string {
  return agreement
    ? `The Business Associate Addendum is ${agreement.state ?? "not active"}.`
    : "AWS Artifact lists no Business Associate Addendum for this account.";
}

/** Somebody's word is no proof: the verdict stays unknown, and says whose word there is. */
function vouchedFor(attested: Attestation): Finding {
  return {
    verdict: "unknown",
    reason: `AWS Artifact could not be asked. ${attested.by} states that the BAA was in force on ${attested.on}.`,
    evidence: [],
    remedies: ["Allow artifact:ListCustomerAgreements, so that nobody has to vouch for it."],
    attested,
  };
}
