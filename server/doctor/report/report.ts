import type { Attestation, CheckGroup, Evidence, Rule, Verdict } from "../check.ts";
import { gravest } from "../findings.ts";
import type { CheckResult } from "../run-checks.ts";

/** What the report is about, beside the checks. */
export interface ReportSubject {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The gateway's. */
  readonly version: string;
  readonly nodeVersion: string;
  /** Undefined: the environment alone. */
  readonly configurationFile: string | undefined;
  readonly configurationHash: string;
  readonly regions: readonly string[];
  readonly models: readonly string[];
}

/** One check in a report; the names of its members are a promise to programs. */
export interface ReportedCheck {
  readonly id: string;
  readonly subject: string;
  readonly group: CheckGroup;
  readonly title: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly string[];
  readonly rules: readonly Rule[];
  readonly attested?: Attestation;
}

/** What `axonflow doctor --json` prints; the names of its members are a promise to programs. */
export interface DoctorReport {
  /** Changes when a member changes its meaning or goes away. */
  readonly form: "axonflow doctor 1";
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly gateway: { readonly version: string; readonly node: string };
  readonly configuration: { readonly file: string | null; readonly sha256: string };
  /** Null where AWS did not say. */
  readonly aws: {
    readonly account: string | null;
    readonly identity: string | null;
    readonly regions: readonly string[];
  };
  readonly models: readonly string[];
  readonly verdict: Verdict;
  readonly summary: Readonly<Record<Verdict, number>>;
  readonly checks: readonly ReportedCheck[];
}

/** Puts the report together. */
export function createReport(
  subject: ReportSubject,
  results: readonly CheckResult[],
): DoctorReport {
  const checks = results.map(reported);
  const identity = checks.find(({ id }) => id === "identity")?.evidence ?? [];
  const told = (name: string) => identity.find((each) => each.name === name)?.value ?? null;
  const count = (verdict: Verdict) => checks.filter((each) => each.verdict === verdict).length;
  return {
    form: "axonflow doctor 1",
    at: new Date(subject.atMs).toISOString(),
    gateway: { version: subject.version, node: subject.nodeVersion },
    configuration: {
      file: subject.configurationFile ?? null,
      sha256: subject.configurationHash,
    },
    aws: { account: told("account"), identity: told("identity"), regions: subject.regions },
    models: subject.models,
    verdict: gravest(checks.map(({ verdict }) => verdict)),
    summary: {
      pass: count("pass"),
      warn: count("warn"),
      fail: count("fail"),
      unknown: count("unknown"),
    },
    checks,
  };
}

function reported({ check, finding }: CheckResult): ReportedCheck {
  const { id, subject, group, title, rules } = check;
  const { verdict, reason, evidence, remedies, attested } = finding;
  return {
    id,
    subject,
    group,
    title,
    verdict,
    reason,
    evidence,
    remedies,
    rules,
    ...(attested && { attested }),
  };
}
