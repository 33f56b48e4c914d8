import {
  type CompleteRequest,
  RoutingAffinity,
  RoutingOrder,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { FieldViolation } from "../core/error.ts";
import { choiceViolations, violation } from "./violation.ts";

const mostPatterns = 32;
const pattern = /^[a-z0-9*-]{1,64}$/;

/** What the contract says about `routing`, checked. */
export function routingViolations({ routing }: CompleteRequest): FieldViolation[] {
  if (!routing) return [];
  return [
    ...patternViolations("routing.allowed_providers", routing.allowedProviders),
    ...patternViolations("routing.allowed_regions", routing.allowedRegions),
    ...choiceViolations("routing.order", routing.order, RoutingOrder),
    ...choiceViolations("routing.affinity", routing.affinity, RoutingAffinity),
  ];
}

function patternViolations(field: string, patterns: readonly string[]): FieldViolation[] {
  if (patterns.length > mostPatterns) return [violation(field, `At most ${mostPatterns}.`)];
  const rule = "Must be 1 to 64 characters from a-z 0-9 -, and * for anything.";
  return patterns.flatMap((text, index) =>
    pattern.test(text) ? [] : [violation(`${field}[${index}]`, rule)],
  );
}
