import { ConfigurationError } from "../config/configuration-error.ts";
import type { Configuration, Settings } from "../config/settings.ts";
import type { Call } from "../core/call.ts";
import type { Catalogue } from "../core/catalogue.ts";
import type { Clock } from "../core/clock.ts";
import type { Layer } from "../core/layer.ts";
import type { ContentFilterPolicy, Policies } from "../core/policy.ts";
import type { SharedRates } from "../core/shared-rates.ts";
import type { PoliciesFor } from "../policies/call-policies.ts";
import { collectPolicies } from "../policies/collect-policies.ts";
import { compileFilters } from "../policies/content-filter/compile-filters.ts";
import { contentFilter } from "../policies/content-filter/content-filter.ts";
import { createPoliciesFor } from "../policies/policies-for.ts";
import { policyForms } from "../policies/policy-forms.ts";
import { createBuckets } from "../policies/rate-limit/buckets.ts";
import { createLimiter, type Limiter } from "../policies/rate-limit/limiter.ts";
import { rateLimit } from "../policies/rate-limit/rate-limit.ts";
import { createSharedLimiter } from "../policies/rate-limit/shared/shared-limiter.ts";
import { createPolicyMetrics } from "../telemetry/policy-metrics.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { createModelNames } from "./model-names.ts";
import { policyModelProblems, policyModelWarnings } from "./policy-models.ts";

/** What policies remember of calls; it outlives the pipeline that a reload replaces. */
export interface PolicyMemory {
  readonly limiter: Limiter;
  /** Gives back what is held of limits that gateways share. */
  close(): Promise<void>;
}

/** What the layers of policies are made of. */
export interface PolicyLayersOptions {
  readonly settings: Configuration;
  readonly policies: Policies;
  /** What an empty `model` means, by provider. */
  readonly defaultModels: ReadonlyMap<string, string>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Default: a new one. */
  readonly memory?: PolicyMemory | undefined;
}

/** The layers that decide whether a call, and a text, may pass. */
export interface PolicyLayers {
  readonly rateLimit: Layer<Call>;
  readonly contentFilter: Layer<Call>;
}

/** Begins with nothing. With `rates` limits hold over all gateways that share them, else for this one. */
export function createPolicyMemory(clock: Clock, rates?: SharedRates): PolicyMemory {
  if (rates) {
    const limiter = createSharedLimiter({ clock, rates });
    return { limiter, close: () => limiter.close() };
  }
  const limiter = createLimiter({ clock, buckets: createBuckets({ clock }) });
  return { limiter, close: async () => {} };
}

/** Makes the layers. Throws a ConfigurationError where rules cannot be used. */
export function createPolicyLayers(options: PolicyLayersOptions): {
  readonly policiesFor: PoliciesFor;
  readonly layers: PolicyLayers;
  /** What the operator should know, one sentence each. */
  readonly warnings: readonly string[];
} {
  const { settings, policies, defaultModels, catalogue, clock, telemetry } = options;
  const { memory = createPolicyMemory(clock) } = options;
  const { modelRoutes, modelOverrides } = settings;
  const modelNames = createModelNames({
    catalogue,
    defaultModels: primaryFirst(defaultModels, settings),
    providers: [...defaultModels.keys()],
    modelRoutes,
    aliases: modelOverrides.aliases,
  });
  const named = { policies, catalogue, modelNames, routeNames: new Set(modelRoutes.keys()) };
  refuseUnusable(policies, policyModelProblems(named));
  const policiesFor = createPoliciesFor({ policies, modelNames });
  const metrics = createPolicyMetrics(telemetry.meter);
  const layers: PolicyLayers = {
    rateLimit: rateLimit({ policiesFor, ...memory, onLimited: metrics.limited }),
    contentFilter: contentFilter({
      clock,
      policiesFor,
      guardrail: settings.bedrockGuardrailId,
      onBlocked: metrics.blocked,
    }),
  };
  return { policiesFor, layers, warnings: policyModelWarnings(named) };
}

/** A call that names neither a model nor a provider is for the primary one. */
function primaryFirst(
  defaultModels: ReadonlyMap<string, string>,
  { primaryProvider = "" }: Settings,
): readonly string[] {
  const primary = defaultModels.get(primaryProvider);
  return [...(primary === undefined ? [] : [primary]), ...defaultModels.values()];
}

/** Every rule is compiled before the first call, as each override changes it. */
function refuseUnusable(policies: Policies, others: readonly string[]): void {
  const forms = policyForms(policies).filter((policy) => policy.type === "content_filter");
  const problems = new Set([...others, ...forms.flatMap(problemsOf)]);
  if (problems.size > 0) throw new ConfigurationError([...problems]);
}

function problemsOf(policy: ContentFilterPolicy): string[] {
  try {
    compileFilters(collectPolicies("", [policy]).content);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [`${policy.where}: the content filter ${policy.name} cannot be used: ${why}.`];
  }
}
