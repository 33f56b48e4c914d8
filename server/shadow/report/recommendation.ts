import { create } from "@bufbuild/protobuf";
import {
  type ShadowComparison,
  type ShadowRecommendation,
  ShadowRecommendationSchema,
  type ShadowSide,
  ShadowVerdict,
} from "../../../gen/axonflow/gateway/v1/shadow_pb.ts";

/** Fewer compared answers say nothing. */
const fewestCompared = 100n;

/** The noise floor needs less: it is one figure of a model against itself. */
const fewestSelfCompared = 30n;

/** How far the shadow may stay behind before that speaks against it. */
const limits = {
  /** Of critical differences, above those of the primary against itself, as a share of the compared answers. */
  critical: 0.01,
  /** Of the median similarity, below that of the primary against itself. */
  similarity: 0.1,
  /** Of the calls answered, below the primary's share. */
  success: 0.01,
  /** Times the primary's latency. */
  latency: 1.5,
} as const;

/** Whether a fact speaks against moving calls, and the sentence that says so either way. */
interface Finding {
  readonly isAgainst: boolean;
  readonly says: string;
}

/** What the figures say, by fixed rules: enough of them first, then everything that speaks against it. */
export function recommend(shadow: ShadowComparison, self: ShadowComparison): ShadowRecommendation {
  const missing = missingFigures(shadow, self);
  if (missing.length > 0) return recommendation(ShadowVerdict.WAIT, missing);
  const findings = [
    ...[criticalFinding(shadow, self), similarityFinding(shadow, self), successFinding(shadow)],
    ...latencyFindings(shadow),
  ];
  const isAgainst = findings.some((finding) => finding.isAgainst);
  const told = findings.filter((finding) => finding.isAgainst === isAgainst);
  return recommendation(
    isAgainst ? ShadowVerdict.HOLD : ShadowVerdict.PROMOTE,
    told.map(({ says }) => says),
  );
}

function recommendation(verdict: ShadowVerdict, reasons: string[]): ShadowRecommendation {
  return create(ShadowRecommendationSchema, { verdict, reasons });
}

function missingFigures(shadow: ShadowComparison, self: ShadowComparison): string[] {
  const missing: string[] = [];
  if (shadow.compared < fewestCompared) {
    missing.push(
      `${shadow.compared} answers were compared; it takes ${fewestCompared} to say anything.`,
    );
  }
  if (self.compared < fewestSelfCompared) {
    missing.push(
      `${self.compared} answers of the primary were compared with a second one of its own (LLM_SHADOW_SELF_SHARE); it takes ${fewestSelfCompared} to know how much of a difference is the shadow's.`,
    );
  }
  return missing;
}

function criticalFinding(shadow: ShadowComparison, self: ShadowComparison): Finding {
  const share = shareOf(shadow.critical, shadow.compared);
  const floor = shareOf(self.critical, self.compared);
  return {
    isAgainst: share > floor + limits.critical,
    says: `${percent(share)} of the answers differ critically (quantities, negation, refusal), and ${percent(floor)} of the primary's own second answers do.`,
  };
}

function similarityFinding(shadow: ShadowComparison, self: ShadowComparison): Finding {
  const median = shadow.similarity?.p50 ?? 0;
  const floor = self.similarity?.p50 ?? 0;
  return {
    isAgainst: median < floor - limits.similarity,
    says: `Half of the answers score ${median} or less, and ${floor} or less against the primary's own second answer.`,
  };
}

function successFinding({ primary, shadow, requests }: ShadowComparison): Finding {
  const ofPrimary = shareOf(primary?.succeeded ?? 0n, requests);
  const ofShadow = shareOf(shadow?.succeeded ?? 0n, requests);
  return {
    isAgainst: ofShadow < ofPrimary - limits.success,
    says: `The shadow answered ${percent(ofShadow)} of the calls in one attempt each, the primary ${percent(ofPrimary)}.`,
  };
}

function latencyFindings({ primary, shadow }: ShadowComparison): Finding[] {
  const finding = (what: string, of: (side: ShadowSide) => number): Finding => {
    const ofPrimary = primary ? of(primary) : 0;
    const ofShadow = shadow ? of(shadow) : 0;
    return {
      isAgainst: ofShadow > ofPrimary * limits.latency,
      says: `${what} took the shadow up to ${ofShadow} ms and the primary ${ofPrimary} ms.`,
    };
  };
  return [
    finding("Half of the answers", ({ latencyP50Ms }) => latencyP50Ms),
    finding("99 of 100 answers", ({ latencyP99Ms }) => latencyP99Ms),
  ];
}

function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(part) / Number(whole);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
