/** What happens to personal data that was found. `allow` only counts it. */
export type PiiAction = "redact" | "mask" | "pseudonymize" | "block" | "allow";

/** On which way texts are looked at. */
export type PolicyDirection = "request" | "response" | "both";

/**
 * Some of the calls, as names or patterns such as `billing-*`; an empty list means all. With several lists, a call has to
 * match each.
 */
export interface Selection {
  readonly keys: readonly string[];
  readonly tenants: readonly string[];
  /** Any name by which a model is known; all of its names are then meant. */
  readonly models: readonly string[];
}

/** Whom a policy is about. An `assigned` policy is about the calls of those keys alone whose grants name it. */
export interface AppliesTo extends Selection {
  readonly assigned: boolean;
}

/** What is done about one kind of personal data. */
export interface PiiRule {
  /** The detector's name, for example `EMAIL`. */
  readonly entity: string;
  readonly action: PiiAction;
  readonly direction: PolicyDirection;
}

/** A check within a content filter. */
export type ContentRule =
  | {
      readonly type: "pii_detection";
      readonly rules: readonly PiiRule[];
      /** Where phone numbers without a country code are from, as ISO 3166-1 alpha-2. */
      readonly defaultRegion: string;
    }
  | {
      readonly type: "blocked_words" | "denied_topics";
      readonly direction: PolicyDirection;
      /** By the name that a refusal gives: the word list's own, or the topic's. */
      readonly words: ReadonlyMap<string, readonly string[]>;
    }
  | {
      readonly type: "blocked_patterns";
      readonly direction: PolicyDirection;
      /** RE2 expressions, by the name that a refusal gives. */
      readonly patterns: ReadonlyMap<string, string>;
    }
  | {
      readonly type: "prompt_injection" | "sql_injection";
      readonly direction: PolicyDirection;
    }
  | { readonly type: "max_prompt_size"; readonly maxBytes: number };

/** What may stand in texts. */
export interface ContentFilterPolicy {
  readonly type: "content_filter";
  readonly name: string;
  readonly appliesTo: AppliesTo;
  readonly filters: readonly ContentRule[];
  /** Where the configuration says so: `file:line`. */
  readonly where: string;
}

/** The time over which a budget is counted. Calendar windows begin at midnight, on Monday and on the first. */
export type BudgetPeriod = "minute" | "hour" | "day" | "week" | "month";

/** How much may be spent in which time. */
export interface BudgetLimit {
  readonly period: BudgetPeriod;
  /** Rolling counts the time before now in place of the calendar's. */
  readonly rolling: boolean;
  readonly limitNanoUsd: bigint;
}

/** What one count is kept of: everything, or each key, tenant, model or value of a tag by itself. */
export type BudgetScope =
  | { readonly kind: "gateway" | "key" | "tenant" | "model" }
  | { readonly kind: "tag"; readonly tag: string };

/** What happens to a call for which a budget has no room. */
export type BudgetAction =
  | { readonly kind: "deny" | "warn" }
  /** The call is served by this cheaper model or alias, where that fits; else it is denied. */
  | { readonly kind: "downgrade"; readonly model: string };

/** What may be spent. */
export interface BudgetPolicy {
  readonly type: "budget";
  readonly name: string;
  readonly appliesTo: AppliesTo;
  readonly scope: BudgetScope;
  readonly limits: readonly BudgetLimit[];
  readonly action: BudgetAction;
  /** An IANA time zone, in which calendar windows begin. */
  readonly zone: string;
  /** Shares of the limit, in per cent, at which it is told. */
  readonly alertPercents: readonly number[];
  readonly where: string;
}

/** How many calls may be made. What is absent has no limit. */
export interface RateLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly concurrentStreams?: number | undefined;
}

/** How fast calls may come. */
export interface RateLimitPolicy {
  readonly type: "rate_limit";
  readonly name: string;
  readonly appliesTo: AppliesTo;
  /** What has a rate of its own: the whole gateway, each key, tenant or model, or each pair of a key and a model. */
  readonly scope: "gateway" | "key" | "tenant" | "model" | "key_and_model";
  readonly limits: RateLimits;
  /** How long a call may wait for its turn before it is refused, in milliseconds (`wait_ms`); absent: it does not wait. */
  readonly waitMs?: number | undefined;
  readonly where: string;
}

export type Policy = ContentFilterPolicy | BudgetPolicy | RateLimitPolicy;

/** What is different about a policy for some of its calls. Of several that match, the later wins, member by member. */
export interface PolicyOverride<P extends Policy> {
  readonly selection: Selection;
  /** The members that take the place of the policy's own. */
  readonly changes: Partial<Omit<P, "type" | "name" | "appliesTo" | "scope" | "where">>;
  /** False: the policy is not about these calls after all. Undefined: what was said before holds. */
  readonly enabled: boolean | undefined;
  readonly where: string;
}

/** A policy as the configuration has it. What holds for a call is worked out by `policiesFor`. */
export interface ConfiguredPolicy<P extends Policy = Policy> {
  readonly policy: P;
  readonly overrides: readonly PolicyOverride<P>[];
}

/** All policies, in the order in which the configuration has them. */
export type Policies = readonly (
  | ConfiguredPolicy<ContentFilterPolicy>
  | ConfiguredPolicy<BudgetPolicy>
  | ConfiguredPolicy<RateLimitPolicy>
)[];
