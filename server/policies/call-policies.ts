import type { Call } from "../core/call.ts";
import type { BudgetPolicy, ContentRule, PiiAction, RateLimitPolicy } from "../core/policy.ts";

/** What happens to one kind of personal data in one direction. */
export interface EntityRule {
  readonly action: PiiAction;
  /** The policy that says so, for refusals. */
  readonly policy: string;
}

/** Personal data that is looked for, by entity; of several policies with a rule for one entity the strictest holds. */
export interface PiiRules {
  readonly request: ReadonlyMap<string, EntityRule>;
  readonly response: ReadonlyMap<string, EntityRule>;
  /** Where phone numbers without a country code are from, as ISO 3166-1 alpha-2. */
  readonly defaultRegion: string;
}

/** A check of a content filter other than for personal data, and the policy that it belongs to. */
export interface NamedContentRule {
  readonly policy: string;
  readonly rule: Exclude<ContentRule, { type: "pii_detection" }>;
}

/**
 * Everything of the configuration and of the key's grants that is about one call, overrides applied. It is one object
 * for all calls of a key for a model, and so are its parts: what is made from them can be kept in a WeakMap.
 */
export interface CallPolicies {
  /** The canonical name of the model that the call asks for; the default's when it asks for none. */
  readonly model: string;
  /** Undefined: nothing is looked for. */
  readonly pii: PiiRules | undefined;
  readonly content: readonly NamedContentRule[];
  /** Those of the key's grants too; their name is `key:` and the key's name. */
  readonly budgets: readonly BudgetPolicy[];
  /** Those of the key's grants too; their name is `key:` and the key's name. */
  readonly rates: readonly RateLimitPolicy[];
}

/**
 * Tells the policies of a call by its key, its tenant and the model that it asks for. Cheap: every layer may ask again.
 * Throws BLOCKED_BY_POLICY when the key's grants name a policy that there is not, for nobody knows what it forbade.
 */
export type PoliciesFor = (call: Pick<Call, "principal" | "request">) => CallPolicies;
