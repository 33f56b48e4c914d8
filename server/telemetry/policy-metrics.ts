import type { Meter } from "@opentelemetry/api";
import type { GatewayError } from "../core/error.ts";
import { ownMetricNames } from "./semconv.ts";

/** Counts what policies turned away, as the refusals themselves tell it. */
export interface PolicyMetrics {
  /** A call came faster than a policy allows. */
  limited(refusal: GatewayError): void;
  /** A text was blocked by a policy or a guardrail. */
  blocked(refusal: GatewayError): void;
}

/** Without a meter nothing is counted. Names of policies and rules come from the configuration, so they are few. */
export function createPolicyMetrics(meter: Meter | undefined): PolicyMetrics {
  if (!meter) return { limited() {}, blocked() {} };
  const limited = meter.createCounter(ownMetricNames.rateLimitRefused, {
    description: "Calls that came faster than a policy allows, by policy and limit.",
    unit: "{call}",
  });
  const blocked = meter.createCounter(ownMetricNames.contentBlocked, {
    description: "Calls that a content policy or a guardrail blocked, by policy, rule and way.",
    unit: "{call}",
  });
  return {
    limited({ metadata: { policy = "", limit = "" } }) {
      limited.add(1, { "axonflow.policy.name": policy, "axonflow.rate_limit.name": limit });
    },
    blocked({ metadata: { policy = "", rule, topic, direction = "" } }) {
      blocked.add(1, {
        "axonflow.policy.name": policy,
        "axonflow.content.rule": rule ?? topic ?? "",
        "axonflow.content.direction": direction,
      });
    },
  };
}
