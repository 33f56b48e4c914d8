import { Code } from "@connectrpc/connect";
import {
  type CompleteRequest,
  ReasoningEffort,
} from "../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../gen/axonflow/gateway/v1/error_pb.ts";
import { type Endpoint, endpointName, type Route, type RoutedCall } from "../core/call.ts";
import { type GatewayError, reasonName } from "../core/error.ts";
import { isSameModel } from "../core/same-model.ts";

/**
 * Whether the answer to a call could be gone on with at all. A unary caller has nothing yet that would have to be joined;
 * of tools, of an answer by a schema and of reasoning no model can be given a half.
 */
export function isResumable({ delivery, request, route }: RoutedCall): boolean {
  return (
    delivery === "stream" &&
    request.tools.length === 0 &&
    request.responseFormat?.format.case !== "jsonSchema" &&
    !asksForReasoning(request) &&
    route.endpoints.some(({ traits }) => traits.continuation !== undefined)
  );
}

function asksForReasoning({ reasoning }: CompleteRequest): boolean {
  if (!reasoning) return false;
  return reasoning.budgetTokens !== undefined || reasoning.effort !== ReasoningEffort.NONE;
}

/** Whether another try can mend a stream that broke: not where the caller or the request itself is the cause. */
export function isMendable({ code, reason, metadata }: GatewayError): boolean {
  if (code === Code.DataLoss) return true;
  if (reason !== ErrorReason.STREAM_INTERRUPTED) return false;
  return metadata.interrupted_by !== reasonName(ErrorReason.PROVIDER_REJECTED);
}

/**
 * Where the rest can be asked for: the endpoints of the same model that can go on with a text, those after the one that
 * broke off first, and that one itself last. Undefined where there is none.
 */
export function routeAfter({ endpoints }: Route, broken: Endpoint): Route | undefined {
  const at = endpoints.findIndex((endpoint) => isSamePlace(endpoint, broken));
  const rotated = [...endpoints.slice(at + 1), ...endpoints.slice(0, at + 1)];
  const [first, ...others] = rotated.filter(
    (endpoint) => endpoint.traits.continuation !== undefined && isSameModel(endpoint, broken),
  );
  return first && { endpoints: [first, ...others] };
}

function isSamePlace(one: Endpoint, other: Endpoint): boolean {
  return one === other || endpointName(one) === endpointName(other);
}
