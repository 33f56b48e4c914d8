import { Code } from "@connectrpc/connect";
import {
  type Completed,
  type Usage,
  UsageSource,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";
import { guardrailIntervened } from "../../core/guardrail.ts";
import type { Way } from "./blocked.ts";

/** Whether a guardrail ended the answer, and not some other filter of the provider's. */
export function hasIntervened({ providerFinishReason }: Completed): boolean {
  return providerFinishReason === guardrailIntervened;
}

/** The refusal that an intervention becomes. What the guardrail said in the model's place is no answer, and left out. */
export function guardrailRefusal(policy: string, { usage }: Completed): GatewayError {
  const direction = directionOf(usage);
  const what = direction === "request" ? "The request" : "The call";
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.BLOCKED_BY_POLICY,
    `${what} was blocked by the Bedrock guardrail ${policy}. Leave out what it forbids, or ask the gateway's operator about it.`,
    { metadata: { policy, rule: guardrailIntervened, ...(direction && { direction }) } },
  );
}

/**
 * Bedrock asks no model where it blocks the request, so that no tokens are reported; where the model wrote some, the answer
 * was blocked (AWS: How Amazon Bedrock Guardrails works). Undefined where nobody reported any count.
 */
function directionOf(usage: Usage | undefined): Way | undefined {
  if (usage?.source !== UsageSource.REPORTED) return undefined;
  return usage.outputTokens > 0 ? "response" : "request";
}
