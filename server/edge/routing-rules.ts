import {
  type CompleteRequest,
  RoutingAffinity,
  RoutingOrder,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { FieldViolation } from "../core/error.ts";
import { choiceViolations, listViolations, placeRule } from "./violation.ts";

const places = { ...placeRule, most: 32 };

/** What the contract says about `routing`, checked. */
export function routingViolations({ routing }: CompleteRequest): FieldViolation[] {
  if (!routing) return [];
  return [
    ...listViolations("routing.allowed_providers", routing.allowedProviders, places),
    ...listViolations("routing.allowed_regions", routing.allowedRegions, places),
    ...choiceViolations("routing.order", routing.order, RoutingOrder),
    ...choiceViolations("routing.affinity", routing.affinity, RoutingAffinity),
  ];
}
