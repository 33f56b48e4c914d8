import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";
import type { RuleName } from "./text-rules.ts";

/** On which way the text was: to the model, or from it. */
export type Way = "request" | "response";

/** The refusal of a text: which policy and rule, on which way, and never what it found. */
export function blocked({ policy, kind, name }: RuleName, direction: Way): GatewayError {
  const what = direction === "request" ? "The request" : "The answer";
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.BLOCKED_BY_POLICY,
    `${what} was blocked by the policy ${policy} (${kind} ${name}). Leave out what the policy forbids, or ask the gateway's operator about it.`,
    { metadata: { policy, [kind]: name, direction } },
  );
}

/** The refusal of a prompt that is too long. */
export function promptTooLarge(policy: string, bytes: number, maxBytes: number): GatewayError {
  return new GatewayError(
    Code.FailedPrecondition,
    ErrorReason.BLOCKED_BY_POLICY,
    `The prompt has ${bytes} bytes; the policy ${policy} lets ${maxBytes} pass (rule max_prompt_size). Send a shorter one.`,
    {
      metadata: {
        policy,
        rule: "max_prompt_size",
        direction: "request",
        bytes: String(bytes),
        limit_bytes: String(maxBytes),
      },
    },
  );
}
