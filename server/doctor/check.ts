/**
 * `pass`: it is so. `warn`: it works, and somebody should look at it. `fail`: it is not so. `unknown`: nobody could tell
 * from here, which is never taken for a pass.
 */
export type Verdict = "pass" | "warn" | "fail" | "unknown";

/** What a check serves: a section of a law or a standard, or the page that says how AWS behaves. */
export interface Rule {
  readonly name: string;
  readonly url: string;
}

/** Something that was read: an ARN, a setting, a count; never a secret and nobody's data. */
export interface Evidence {
  readonly name: string;
  readonly value: string;
}

/** What an operator vouches for because nothing can be asked. */
export interface Attestation {
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly by: string;
}

/** What a check came to. */
export interface Finding {
  readonly verdict: Verdict;
  /** Whole sentences. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** Commands and settings that mend it, one a line; empty where there is nothing to mend. */
  readonly remedies: readonly string[];
  readonly attested?: Attestation | undefined;
}

/** Asks AWS by the IAM action that it takes; what goes wrong is told in the check's finding. */
export type Ask = <T>(
  action: string,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** Groups in which checks are shown. */
export type CheckGroup =
  | "Account"
  | "Models"
  | "Network"
  | "Encryption and archive"
  | "This gateway";

/** One thing that is looked at, and never changed. */
export interface Check {
  /** Stable, for programs: `cloud-trail`. */
  readonly id: string;
  readonly group: CheckGroup;
  /** What a pass means. */
  readonly title: string;
  /** The region, key or model it is about; empty where there is only one. */
  readonly subject: string;
  readonly rules: readonly Rule[];
  /** Ends with a finding, or throws: an error of AWS becomes `unknown`. */
  run(ask: Ask): Promise<Finding>;
}
