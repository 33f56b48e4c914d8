import { create } from "@bufbuild/protobuf";
import {
  Direction,
  type Redaction,
  RedactionAction,
  RedactionSchema,
} from "../../../gen/axonflow/gateway/v1/completion_pb.ts";
import type { Call } from "../../core/call.ts";
import type { PiiAction } from "../../core/policy.ts";
import type { OnSighting, Way } from "../../core/sighting.ts";

/** Counts what is found on one way of a call. */
export interface Tally {
  add(entity: string, action: PiiAction): void;
  /** What the answer tells of it, in the order in which the entities came up. A blocked one is in no answer. */
  redactions(): readonly Redaction[];
}

/** Begins at nothing. */
export function createTally(
  call: Pick<Call, "context">,
  direction: Way,
  onSighting: OnSighting,
): Tally {
  const counts = new Map<
    string,
    { readonly entity: string; readonly action: PiiAction; count: number }
  >();
  return {
    add(entity, action) {
      const counted = counts.get(entity) ?? { entity, action, count: 0 };
      counted.count++;
      counts.set(entity, counted);
      onSighting(call, { entity, direction, action, count: counted.count });
    },
    redactions: () =>
      [...counts.values()].flatMap(({ entity, action, count }) =>
        action === "block"
          ? []
          : create(RedactionSchema, {
              entity,
              count,
              direction: directions[direction],
              action: contractActions[action],
            }),
      ),
  };
}

const directions = { request: Direction.REQUEST, response: Direction.RESPONSE } as const;

const contractActions = {
  redact: RedactionAction.REDACTED,
  mask: RedactionAction.MASKED,
  pseudonymize: RedactionAction.PSEUDONYMIZED,
  allow: RedactionAction.ALLOWED,
} as const;
