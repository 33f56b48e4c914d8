import { Code } from "@connectrpc/connect";
import { ErrorReason } from "../../../gen/axonflow/gateway/v1/error_pb.ts";
import { GatewayError } from "../../core/error.ts";
import type { PiiAction } from "../../core/policy.ts";
import type { TokenMint } from "../../core/screened-call.ts";
import type { Way } from "../../core/sighting.ts";
import type { EntityRule } from "../call-policies.ts";
import { mask } from "./mask.ts";
import type { Rewriting } from "./rewriter.ts";
import type { Tally } from "./tally.ts";

/** Who does what about what is found on one way of a call. */
export interface ActOptions {
  readonly rules: ReadonlyMap<string, EntityRule>;
  readonly way: Way;
  readonly tally: Tally;
  /** Absent where no answer brings a value back: what would get a token gets a label. */
  readonly mint?: TokenMint | undefined;
  /** Told of each action. */
  readonly onAction?: ((action: PiiAction) => void) | undefined;
}

/** What stands in a finding's place by the rule for its entity; throws where it blocks the call. */
export function actOn(options: ActOptions): Rewriting["replace"] {
  const { rules, way, tally, mint, onAction } = options;
  return ({ entity }, value) => {
    const rule = rules.get(entity);
    if (!rule) throw new Error(`nobody said what to do about ${entity}`);
    tally.add(entity, rule.action);
    onAction?.(rule.action);
    switch (rule.action) {
      case "allow":
        return undefined;
      case "mask":
        return mask(value);
      case "pseudonymize":
        return mint?.tokenFor(entity, value) ?? labelOf(entity);
      case "block":
        throw blocked(entity, rule.policy, way);
      default:
        return labelOf(entity);
    }
  };
}

/** What is written in a value's place. */
export function labelOf(entity: string): string {
  return `[${entity}]`;
}

/** FAILED_PRECONDITION: a policy lets no value of this entity pass. */
export function blocked(entity: string, policy: string, direction: Way): GatewayError {
  const message =
    direction === "request"
      ? `The policy ${policy} lets no ${entity} pass to a model. Take it out of the request.`
      : `The policy ${policy} lets no ${entity} pass from a model, and the answer has one. Ask for an answer without it.`;
  return new GatewayError(Code.FailedPrecondition, ErrorReason.BLOCKED_BY_POLICY, message, {
    metadata: { policy, entity, direction },
  });
}
